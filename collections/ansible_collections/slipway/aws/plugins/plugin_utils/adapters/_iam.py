"""What IAM's adapters share."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote


def read_document(document: Any) -> Any:
    """Return a policy document as data, of which IAM gives the text, percent-encoded."""
    return json.loads(unquote(document)) if isinstance(document, str) else document
