"""Print AWS's answer to one read call as JSON: describe.py <region> <service> <operation> [<parameters as JSON>].

For the verify playbooks, where the AWS collections have no module that reads the thing: it knows nothing of the roles.
"""

from __future__ import annotations

import json
import sys

import boto3

READING = ("describe_", "get_", "list_")


def main() -> None:
    """Make the call."""
    region, service, operation, *parameters = sys.argv[1:]
    if not operation.startswith(READING):
        sys.exit(f"{operation} may change something; operations that begin with {', '.join(READING)} are allowed")
    client = boto3.session.Session(region_name=region).client(service)  # type: ignore[call-overload]  # the name is known at run time only
    answer = getattr(client, operation)(**json.loads(parameters[0] if parameters else "{}"))
    answer.pop("ResponseMetadata", None)
    json.dump(answer, sys.stdout, default=str)


if __name__ == "__main__":
    main()
