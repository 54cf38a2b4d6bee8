"""The state of every control, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ansible.module_utils.common.yaml import yaml_load

from ..cloud import Cloud, explain
from ..settle import EXPECTED
from .holds import HOLDS
from .readers import READERS

PASSED, FAILED, EXCEPTED, UNKNOWN = "passed", "failed", "excepted", "unknown"
NOT_BUILT, NOTHING = "not built yet", "nothing there"
Exceptions = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """One control on one resource.

    Attributes:
        control: its id.
        title: what it asks for.
        resource: kind and name.
        state: ``passed``, ``failed``, ``excepted``, ``unknown`` (it could not be looked at), ``nothing there`` or
            ``not built yet``.
        reason: why it is not met, or could not be looked at.
    """

    control: str
    title: str
    resource: str
    state: str
    reason: str = ""


def controls() -> list[dict[str, str]]:
    """Return all controls."""
    found: list[dict[str, str]] = yaml_load(Path(__file__).with_name("controls.yml").read_text(encoding="utf-8"))
    return found


def rows(cloud: Cloud, outputs: Mapping[str, Any], exceptions: Exceptions, environment: str, today: date) -> list[Row]:
    """Return the state of every control in an environment.

    Args:
        cloud: the account and region.
        outputs: what components published, and ``name_prefix``, what the environment's names begin with.
        exceptions: with ``control``, ``resource`` (a pattern), ``environments``, ``reason`` and ``expires``.
        environment: its name.
        today: exceptions that expired before it do not count.
    """
    valid = [one for one in exceptions if environment in one["environments"] and not _expired(one, today)]
    found = {kind: _read(kind, cloud, outputs) for kind in sorted({one["of"] for one in controls() if "of" in one})}
    return [row for control in controls() for row in _rows(control, found, valid)]


def _expired(one: Mapping[str, Any], today: date) -> bool:
    return bool(one.get("expires")) and date.fromisoformat(str(one["expires"])) < today


def _read(kind: str, cloud: Cloud, outputs: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]] | str:
    try:
        return list(READERS[kind](cloud, outputs))
    except KeyError as error:
        return f"{error} is not published or not described; run the component"
    except EXPECTED as error:
        return explain(error)


def _rows(control: Mapping[str, str], found: Mapping[str, Any], exceptions: Exceptions) -> Iterator[Row]:
    name, title, kind = control["id"], control["title"], control.get("of", "")
    if not kind:
        yield Row(name, title, "-", NOT_BUILT, _reason(name, "-", exceptions))
    elif isinstance(found[kind], str):
        yield Row(name, title, kind, UNKNOWN, found[kind])
    elif not found[kind]:
        yield Row(name, title, kind, NOTHING)
    else:
        for resource, described in found[kind]:
            yield _row(name, title, f"{kind}/{resource}", described, exceptions)


def _row(name: str, title: str, resource: str, described: Mapping[str, Any], exceptions: Exceptions) -> Row:
    try:
        holds = HOLDS[name](described)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Row(name, title, resource, UNKNOWN, f"its description lacks {error}")
    if holds:
        return Row(name, title, resource, PASSED)
    reason = _reason(name, resource, exceptions)
    return Row(name, title, resource, EXCEPTED if reason else FAILED, reason)


def _reason(control: str, resource: str, exceptions: Exceptions) -> str:
    return next(
        (
            str(one["reason"])
            for one in exceptions
            if fnmatchcase(control, one["control"]) and fnmatchcase(resource, one["resource"])
        ),
        "",
    )
