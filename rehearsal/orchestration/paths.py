"""JSONPath as Step Functions reads it: a path that can lead to one place only gives what is there, any other a list.

What such another path does not find is an empty list; where the one place is missing, the execution fails.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from jsonpath_ng.ext.parser import parse

#: Wildcards, filters, descents, slices and several names or indices.
_MANY = re.compile(r"\*|\[\?|\.\.|\[[^\]'\"]*[:,]|'\s*,\s*'")


class Match(NamedTuple):
    """What moto's interpreter looks at of a match."""

    value: Any
    path: None = None
    context: None = None


class Path:
    """A path, parsed."""

    def __init__(self, text: str) -> None:
        self._parsed = parse(text)
        self._one = not _MANY.search(text)

    def find(self, data: Any) -> list[Match]:
        """Return one match, whose value is a list unless the path leads to one place, or none."""
        values = [one.value for one in self._parsed.find(data)]
        return [Match(one) for one in values[:1]] if self._one else [Match(values)]


path = cache(Path)
