"""REST APIs of API Gateway as the local cloud keeps them, and how patches change what is shown of them."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rehearsal.control.overlay import Call, Refused
from rehearsal.world import World

BAD, CONFLICT, MISSING = "BadRequestException", "ConflictException", "NotFoundException"
_LETTERS = string.ascii_lowercase + string.digits
Data = dict[str, Any]
Patch = Mapping[str, str]


@dataclass
class Deployment:
    """A deployment: what is shown of it, and the API's paths and authorizers at that moment."""

    shown: Data
    paths: list[Data]
    authorizers: dict[str, Data]


@dataclass
class RestApi:
    """An API: what is shown of it and of its parts, by their ids, stages by their names."""

    shown: Data
    paths: dict[str, Data] = field(default_factory=dict)
    authorizers: dict[str, Data] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    stages: dict[str, Data] = field(default_factory=dict)


@dataclass
class Region:
    """All there is in a region.

    Attributes:
        members: ids of the keys of each usage plan.
        account: what is shown of the account.
    """

    apis: dict[str, RestApi] = field(default_factory=dict)
    plans: dict[str, Data] = field(default_factory=dict)
    keys: dict[str, Data] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    account: Data = field(default_factory=dict)


def region_of(world: World, region: str) -> Region:
    """Return what a region has."""
    with world.lock:
        found: Region = world.kept("apigateway.regions").setdefault(region, Region())
        return found


def there(call: Call) -> Region:
    """Return what the region of a call has."""
    return region_of(call.world, call.region)


def api_of(call: Call) -> RestApi:
    """Return the API that a call names."""
    found = there(call).apis.get(call.params["restApiId"])
    if found is None:
        raise missing("REST API identifier", call.params["restApiId"])
    return found


def missing(what: str, name: str) -> Refused:
    """Return the refusal of something that is not there."""
    return Refused(MISSING, f"Invalid {what} specified: {name}", 404)


def bad(text: str) -> Refused:
    """Return the refusal of a request that makes no sense."""
    return Refused(BAD, text)


def taken(text: str) -> Refused:
    """Return the refusal of what is there already."""
    return Refused(CONFLICT, text, 409)


def new_id() -> str:
    """Return an id as AWS makes them."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def now() -> datetime:
    """Return the time at which something is made."""
    return datetime.now(UTC)


def paged(call: Call, items: list[Data], usual: int = 25) -> Data:
    """Return a page of a listing."""
    begin, size = int(call.params.get("position", 0)), int(call.params.get("limit", usual))
    rest = {"position": str(begin + size)} if begin + size < len(items) else {}
    return {"items": items[begin : begin + size], **rest}


def patched(call: Call, setters: Mapping[str, Callable[[Patch], None]]) -> None:
    """Carry out the operations of a call, each by the longest path that begins its own; others are refused."""
    for patch in call.params.get("patchOperations") or ():
        place = max((path for path in setters if patch["path"].startswith(path)), key=len, default=None)
        if place is None:
            raise bad(f"Invalid patch path '{patch['path']}' specified for op '{patch['op']}'")
        setters[place](patch)


def setting(shown: Data, name: str, convert: Callable[[str], Any] = str) -> Callable[[Patch], None]:
    """Return what replaces a field."""

    def put(patch: Patch) -> None:
        if patch["op"] != "replace":
            raise bad(f"Invalid patch operation specified. Must be 'replace' for {patch['path']}")
        shown[name] = convert(patch["value"])

    return put


def true(text: str) -> bool:
    """Return the boolean that a word stands for."""
    if text not in {"true", "false"}:
        raise bad(f"Invalid boolean value {text!r}")
    return text == "true"


def unescaped(text: str) -> str:
    """Return a name as it is, from a path of a patch."""
    return text.replace("~1", "/").replace("~0", "~")
