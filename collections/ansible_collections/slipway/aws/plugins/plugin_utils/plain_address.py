"""Addresses of calls as the network of a local cloud bears them."""

from __future__ import annotations

import re
from typing import Any

#: S3's calls about an account put its number before the host's name, which an address of a network cannot bear.
_ACCOUNT = re.compile(r"(?<=//)\d{12}\.(?=\d+(?:\.\d+){3}\b)")


def plain_address(request: Any, **_event: Any) -> None:
    """Take an account from before an address; for botocore's event ``request-created``."""
    request.url = _ACCOUNT.sub("", request.url)
