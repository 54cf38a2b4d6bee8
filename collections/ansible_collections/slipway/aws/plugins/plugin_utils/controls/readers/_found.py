"""What all readers share: their form, and how they treat what is off."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ...cloud import Cloud, error_code

Data = dict[str, Any]
Found = Iterator[tuple[str, Data]]
#: What components published, and as ``name_prefix`` what the environment's names begin with.
Outputs = Mapping[str, Any]
Reader = Callable[[Cloud, Outputs], Found]


def by_name(*readers: Reader) -> dict[str, Reader]:
    """Return readers by their names, which are the kinds of controls.yml."""
    return {one.__name__: one for one in readers}


def unless(codes: Collection[str], read: Callable[[], Data]) -> Data:
    """Return what was read; nothing when AWS refuses with a code that says that it is off or was never set."""
    try:
        return read()
    except ClientError as error:
        if error_code(error) in codes:
            return {}
        raise
