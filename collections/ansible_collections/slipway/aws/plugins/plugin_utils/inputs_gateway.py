"""Checks of what an API gateway is given; as in :mod:`inputs`, pure, a sentence for each mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

_VERSION = re.compile(r"v\d+")
_DATES = ("deprecated", "sunset")
FIELDS = ("domain", "load_balancer", *_DATES, "documentation", "state")


def gateway_problems(host: str, given: Mapping[str, Any], balancers: Sequence[str]) -> Iterator[str]:
    """Check the type, the versions and the authorizer.

    Args:
        host: of the inventory.
        given: its variables of the role api_gateway, as their types say.
        balancers: ``load_balancers``.
    """
    if given.get("api_gateway_type", "http") == "rest":
        yield f"{host}: api_gateway_type is 'rest', which is not there yet; the one that is allowed is http"
    versions = given.get("api_gateway_versions") or {}
    if not versions:
        yield f"{host}: api_gateway_versions is empty; give it a version with a domain, e.g. v1"
    for name, version in versions.items():
        yield from _version_problems(f"{host}: api_gateway_versions.{name}", name, version, balancers)
    issuer = given.get("api_gateway_jwt_issuer", "")
    if issuer and not issuer.startswith("https://"):
        yield f"{host}: api_gateway_jwt_issuer is {issuer!r}; AWS asks it for its keys: give a URL that begins https://"
    if issuer and not given.get("api_gateway_jwt_audience"):
        yield f"{host}: api_gateway_jwt_audience is empty; say for whom the tokens of {issuer} have to be"


def _version_problems(where: str, name: str, version: Any, balancers: Sequence[str]) -> Iterator[str]:
    if not _VERSION.fullmatch(name):
        yield f"{where}: a version's name is v and a number, and the first part of its paths"
    if not isinstance(version, Mapping) or not version.get("domain"):
        yield f"{where}.domain is not set; give the host name at the load balancer, e.g. a service's service_domain"
        return
    unknown = sorted(set(version) - set(FIELDS))
    if unknown:
        yield f"{where} has {', '.join(unknown)}; allowed are {', '.join(FIELDS)}"
    if version.get("state", "present") not in {"present", "absent"}:
        yield f"{where}.state is {version['state']!r}; allowed are present and absent"
    if version.get("load_balancer", balancers[0]) not in balancers:
        yield f"{where}.load_balancer is {version['load_balancer']!r}; load_balancers has {', '.join(balancers)}"
    yield from _date_problems(where, version)


def _date_problems(where: str, version: Mapping[str, Any]) -> Iterator[str]:
    days: dict[str, date] = {}
    for field in _DATES:
        if version.get(field):
            try:
                days[field] = date.fromisoformat(str(version[field]))
            except ValueError:
                yield f"{where}.{field} is {str(version[field])!r}; give a date as 2027-01-31"
    if len(days) == len(_DATES) and days["sunset"] < days["deprecated"]:
        yield f"{where}.sunset is {days['sunset']}, before deprecated, {days['deprecated']}; give a later one"
