"""Parameter mapping of HTTP APIs.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from multidict import CIMultiDict

_WHOLE = re.compile(r"\$(?:request|response|context|stageVariables)[.\w-]*")
_PART = re.compile(r"\$\{([^}]+)\}")
Lookup = Callable[[str], str]


@dataclass
class Message:
    """What a mapping changes: of a request the path and the query, of a response the status, of both the headers."""

    headers: CIMultiDict[str]
    path: str = ""
    query: str = ""
    status: int = 200


def value(expression: str, lookup: Lookup) -> str:
    """Return what an expression stands for: one variable, or text with variables in ``${}``."""
    if _WHOLE.fullmatch(expression):
        return lookup(expression[1:])
    return _PART.sub(lambda found: lookup(found[1]), expression)


def apply(mappings: Mapping[str, str], message: Message, lookup: Lookup) -> None:
    """Change a message by mappings such as ``overwrite:header.name``; values are those from before any change."""
    values = {target: value(expression, lookup) for target, expression in mappings.items()}
    for target, text in values.items():
        action, _, place = target.partition(":")
        kind, _, name = place.partition(".")
        if kind == "header":
            _header(message.headers, action, name, text)
        elif kind == "querystring":
            message.query = _query(message.query, action, name, text)
        elif kind == "path":
            message.path = text if text.startswith("/") else f"/{text}"
        elif kind == "statuscode":
            message.status = int(text)


def _header(headers: CIMultiDict[str], action: str, name: str, text: str) -> None:
    if action in {"overwrite", "remove"}:
        headers.popall(name, None)
    if action != "remove" and text:
        headers.add(name, text)


def _query(query: str, action: str, name: str, text: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    if action in {"overwrite", "remove"}:
        pairs = [pair for pair in pairs if pair[0] != name]
    return urlencode(pairs if action == "remove" else [*pairs, (name, text)])


def looked_up(tree: Mapping[str, Any], name: str) -> str:
    """Return a value of nested dictionaries by its dotted name, empty where there is none; headers in any case."""
    node: Any = tree
    parts = name.split(".")
    while parts:
        if not isinstance(node, Mapping):
            return ""
        whole = ".".join(parts)
        if whole in node:
            return _text(node[whole])
        node = node.get(parts.pop(0))
    return _text(node)


def _text(found: Any) -> str:
    if isinstance(found, Mapping):
        return str(found.get("", ""))
    return "" if found is None else str(found)
