"""Where nothing listens on this machine: a local cloud that has ended, which waiting does not bring back."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from botocore.exceptions import EndpointConnectionError

from .clock import on_this_machine


def nobody_there(error: object) -> str:
    """Return what to do about a call that reached nobody on this machine; empty for any other error."""
    if not isinstance(error, EndpointConnectionError):
        return ""
    endpoint = str(error.kwargs["endpoint_url"])
    if not on_this_machine(endpoint):
        return ""
    url = urlsplit(endpoint)
    address = f"{url.scheme}://{url.netloc}"
    named = os.environ.get("AWS_ENDPOINT_URL", "").rstrip("/") == address
    return (
        f"{'AWS_ENDPOINT_URL is' if named else 'the endpoint is'} {address}, where nothing listens; a local cloud that"
        ' ended is started again by make up, and named by eval "$(python -m rehearsal env)"; for AWS unset it'
    )
