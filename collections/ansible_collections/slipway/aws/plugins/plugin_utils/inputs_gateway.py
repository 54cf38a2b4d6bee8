"""Checks of what an API gateway is given; as in :mod:`inputs`, pure, a sentence for each mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

_VERSION = re.compile(r"v\d+")
_DATES = ("deprecated", "sunset")
FIELDS = ("domain", "load_balancer", *_DATES, "documentation", "state")
HTTP, REST = "http", "rest"
#: Fields of versions, and variables, that one type has alone.
REST_FIELDS = ("request_templates", "response_templates", "headers", "query")
PLAN_FIELDS = ("rate_limit", "burst_limit", "quota", "period", "state")
CLIENT_FIELDS = ("plan", "secret", "state")
PERIODS = ("DAY", "WEEK", "MONTH")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_STAGE = re.compile(r"\w[\w-]{0,127}", re.ASCII)
#: Seconds that a REST API waits for a service.
REST_SECONDS = 29


def gateway_problems(host: str, given: Mapping[str, Any], balancers: Sequence[str]) -> Iterator[str]:
    """Check the type, the versions and the authorizer.

    Args:
        host: of the inventory.
        given: its variables of the role api_gateway, as their types say.
        balancers: ``load_balancers``.
    """
    rest = given.get("api_gateway_type", REST) == REST
    yield from _rest_problems(host, given) if rest else _http_problems(host, given)
    versions = given.get("api_gateway_versions") or {}
    if not versions:
        yield f"{host}: api_gateway_versions is empty; give it a version with a domain, e.g. v1"
    for name, version in versions.items():
        where = f"{host}: api_gateway_versions.{name}"
        yield from _version_problems(where, name, version, balancers, (*FIELDS, *REST_FIELDS))
        if not rest and isinstance(version, Mapping):
            yield from (_lacks(f"{where}.{field}", HTTP) for field in REST_FIELDS if field in version)
    issuer = given.get("api_gateway_jwt_issuer", "")
    if issuer and not issuer.startswith("https://"):
        yield f"{host}: api_gateway_jwt_issuer is {issuer!r}; AWS asks it for its keys: give a URL that begins https://"
    if issuer and not given.get("api_gateway_jwt_audience"):
        yield f"{host}: api_gateway_jwt_audience is empty; say for whom the tokens of {issuer} have to be"


def _lacks(what: str, kind: str) -> str:
    other = REST if kind == HTTP else HTTP
    return f"{what} is set, which api_gateway_type {kind} lacks; leave it out, or set api_gateway_type: {other}"


def _http_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    for name in ("api_gateway_plans", "api_gateway_clients"):
        left = {key: one for key, one in (given.get(name) or {}).items() if _state(one) != "absent"}
        if left:
            yield _lacks(f"{host}: {name}", HTTP)
    if given.get("api_gateway_web_acl"):
        yield _lacks(f"{host}: api_gateway_web_acl", HTTP)


def _rest_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    stage = given.get("api_gateway_stage", "live")
    if not _STAGE.fullmatch(stage) and "{{" not in stage:
        yield (
            f"{host}: api_gateway_stage is {stage!r}, which api_gateway_type rest lacks; give letters, digits, _"
            " and -, or set api_gateway_type: http"
        )
    if given.get("api_gateway_timeout", REST_SECONDS) > REST_SECONDS:
        yield (
            f"{host}: api_gateway_timeout is {given['api_gateway_timeout']}; api_gateway_type rest waits {REST_SECONDS}"
            " seconds at most; give less, or set api_gateway_type: http"
        )
    for name in ("api_gateway_request_headers", "api_gateway_response_headers"):
        for header, value in (given.get(name) or {}).items():
            if "${" in str(value):
                yield (
                    f"{host}: {name}.{header} is {value!r}; api_gateway_type rest takes a text or one variable, such as"
                    " $context.requestId; give one of these, or set api_gateway_type: http"
                )
    yield from _client_problems(host, given.get("api_gateway_plans") or {}, given.get("api_gateway_clients") or {})


def _state(one: Any) -> Any:
    return one.get("state", "present") if isinstance(one, Mapping) else "present"


def _client_problems(host: str, plans: Mapping[str, Any], clients: Mapping[str, Any]) -> Iterator[str]:
    for name, plan in plans.items():
        yield from _entry_problems(f"{host}: api_gateway_plans.{name}", name, plan, PLAN_FIELDS)
        period = plan.get("period", "MONTH") if isinstance(plan, Mapping) else "MONTH"
        if period not in PERIODS:
            yield f"{host}: api_gateway_plans.{name}.period is {period!r}; allowed are {', '.join(PERIODS)}"
    there = [name for name, plan in plans.items() if _state(plan) != "absent"]
    for name, client in clients.items():
        where = f"{host}: api_gateway_clients.{name}"
        yield from _entry_problems(where, name, client, CLIENT_FIELDS)
        plan = client.get("plan") if isinstance(client, Mapping) else None
        if plan not in plans or (plan not in there and _state(client) != "absent"):
            yield f"{where}.plan is {plan!r}; api_gateway_plans has {', '.join(there) or 'none'}"


def _entry_problems(where: str, name: str, one: Any, fields: Sequence[str]) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield f"{where}: a name has up to 32 small letters, digits, _ and -, and begins with a letter"
    unknown = sorted(set(one) - set(fields)) if isinstance(one, Mapping) else [repr(one)]
    if unknown:
        yield f"{where} has {', '.join(unknown)}; allowed are {', '.join(fields)}"
    if _state(one) not in {"present", "absent"}:
        yield f"{where}.state is {_state(one)!r}; allowed are present and absent"


def _version_problems(
    where: str, name: str, version: Any, balancers: Sequence[str], fields: Sequence[str]
) -> Iterator[str]:
    if not _VERSION.fullmatch(name):
        yield f"{where}: a version's name is v and a number, and the first part of its paths"
    if not isinstance(version, Mapping) or not version.get("domain"):
        yield f"{where}.domain is not set; give the host name at the load balancer, e.g. a service's service_domain"
        return
    unknown = sorted(set(version) - set(fields))
    if unknown:
        yield f"{where} has {', '.join(unknown)}; allowed are {', '.join(fields)}"
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
