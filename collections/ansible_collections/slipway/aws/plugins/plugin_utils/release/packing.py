"""Lists of a journal that grow with time, packed: an item of DynamoDB has at most 400 KB.

A day of samples and looks takes 40 KB so.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.types import Binary

PACKED = ("samples", "step_samples", "looks", "difference")
#: Looks that a journal keeps; of more, every other one of the older half goes.
LOOKS = 400


def packed(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry with its long lists as compressed JSON."""
    return {name: _pack(value) if name in PACKED else value for name, value in entry.items()}


def unpacked(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry as it was before :func:`packed`."""
    return {name: _unpack(value) if isinstance(value, Binary) else value for name, value in item.items()}


def thinned(looks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the looks that are kept: all of the newer half."""
    half = LOOKS // 2
    return [*looks[:-half:2], *looks[-half:]] if len(looks) > LOOKS else looks


def _pack(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode())


def _unpack(value: Any) -> Any:
    return json.loads(zlib.decompress(bytes(value.value)))
