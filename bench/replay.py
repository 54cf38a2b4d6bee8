"""Make the reads of a run again by boto3 alone, each once, with 32 threads: the least that the same calls can take.

    python -m bench.replay < reads.json

Prints the number of calls.
"""

from __future__ import annotations

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

THREADS = 32
ACCOUNT = re.compile(r"(?<=//)\d{12}\.")


def _plain_address(request: Any, **_event: Any) -> None:
    """Take the account away from before the host's name, which the address of a local cloud cannot bear."""
    request.url = ACCOUNT.sub("", request.url)


def main() -> None:
    """Read what is to be called, call it, say how much that was."""
    reads: list[dict[str, Any]] = json.load(sys.stdin)
    session: Any = boto3.session.Session(region_name="us-east-1")
    config = Config(max_pool_connections=THREADS)
    clients = {name: session.client(name, config=config) for name in {read["service"] for read in reads}}
    if "s3control" in clients:
        clients["s3control"].meta.events.register_first("request-created.s3-control", _plain_address)

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
