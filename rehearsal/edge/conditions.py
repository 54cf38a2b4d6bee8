"""Conditions of listener rules, as an Application Load Balancer matches them.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from multidict import CIMultiDictProxy

#: Whom a request seems to come from when the client does not say: an address that is nobody's (RFC 5737).
SOMEONE = "198.51.100.10"
Test = Callable[["Request"], bool]


@dataclass(frozen=True, slots=True)
class Request:
    """What a rule looks at.

    Attributes:
        host: without port, in lower case.
        path: as sent, not decoded.
        query: as sent, without the question mark.
        source: the client's address.
    """

    method: str
    host: str
    path: str
    query: str
    headers: CIMultiDictProxy[str]
    source: str


def wildcard(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    r"""Compile AWS's wildcards: ``*`` for any characters, ``?`` for exactly one, a backslash before a literal one."""
    parts = re.findall(r"\\[*?\\]|.", pattern, re.DOTALL)
    meaning = {"*": ".*", "?": "."}
    text = "".join(meaning.get(part) or re.escape(part[-1]) for part in parts)
    return re.compile(text, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _patterns(config: Mapping[str, Any], *, ignore_case: bool) -> list[re.Pattern[str]]:
    flags = re.IGNORECASE if ignore_case else 0
    globs = [wildcard(value, ignore_case=ignore_case) for value in config.get("Values", ())]
    return globs + [re.compile(value, flags) for value in config.get("RegexValues", ())]


def _any(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in patterns)


def _host(config: Mapping[str, Any]) -> Test:
    patterns = _patterns(config, ignore_case=True)
    return lambda request: _any(patterns, request.host)


def _path(config: Mapping[str, Any]) -> Test:
    patterns = _patterns(config, ignore_case=False)
    return lambda request: _any(patterns, request.path)


def _header(config: Mapping[str, Any]) -> Test:
    name, patterns = config["HttpHeaderName"], _patterns(config, ignore_case=True)
    return lambda request: any(_any(patterns, value) for value in request.headers.getall(name, ()))


def _method(config: Mapping[str, Any]) -> Test:
    methods = frozenset(config["Values"])
    return lambda request: request.method in methods


def _query(config: Mapping[str, Any]) -> Test:
    pairs = [
        [wildcard(pair.get(part) or "*", ignore_case=True) for part in ("Key", "Value")] for pair in config["Values"]
    ]

    def test(request: Request) -> bool:
        sent = parse_qsl(request.query, keep_blank_values=True)
        return any(key.fullmatch(k) and value.fullmatch(v) for key, value in pairs for k, v in sent)

    return test


def _source(config: Mapping[str, Any]) -> Test:
    networks = [ipaddress.ip_network(value, strict=False) for value in config["Values"]]
    return lambda request: any(ipaddress.ip_address(request.source) in network for network in networks)


#: Field of a condition to the member with its configuration and what makes the test.
FIELDS: dict[str, tuple[str, Callable[[Mapping[str, Any]], Test]]] = {
    "host-header": ("HostHeaderConfig", _host),
    "path-pattern": ("PathPatternConfig", _path),
    "http-header": ("HttpHeaderConfig", _header),
    "http-request-method": ("HttpRequestMethodConfig", _method),
    "query-string": ("QueryStringConfig", _query),
    "source-ip": ("SourceIpConfig", _source),
}


def condition(document: Mapping[str, Any]) -> Test:
    """Return the test of one condition, given in the API's own form."""
    member, build = FIELDS[document["Field"]]
    return build(document.get(member) or {"Values": document.get("Values", ())})
