"""Make the reads of a run again by boto3 alone, each once, with 32 threads: the least that the same calls can take.

    python -m bench.replay < reads.json

Prints the number of calls.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.plain_address import plain_address

THREADS = 32


def main() -> None:
    """Read what is to be called, call it, say how much that was."""
    reads: list[dict[str, Any]] = json.load(sys.stdin)
    session: Any = boto3.session.Session(region_name="us-east-1")
    session.events.register_first("request-created", plain_address)
    config = Config(max_pool_connections=THREADS)
    clients = {name: session.client(name, config=config) for name in {read["service"] for read in reads}}

    def call(read: dict[str, Any]) -> None:
        try:
            getattr(clients[read["service"]], xform_name(read["operation"]))(**read["parameters"])
        except ClientError as error:
            # What is not there is an answer too, and the run got the same.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:  # noqa: PLR2004
                raise

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(call, reads))
    sys.stdout.write(json.dumps({"calls": len(reads)}))


if __name__ == "__main__":
    main()
