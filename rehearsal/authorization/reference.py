"""What AWS's Service Authorization Reference says of the actions that are used here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class ResourceType:
    """A type of resources.

    Attributes:
        name: as the reference has it.
        arn: with ``${Variable}`` in it.
        tagged: its tags can stand in conditions.
        required: the action is always on one of these.
    """

    name: str
    arn: str
    tagged: bool
    required: bool

    @property
    def variables(self) -> list[str]:
        """What tells one resource of the type from another."""
        return [name for name in _VARIABLE.findall(self.arn) if name not in {"Partition", "Region", "Account"}]

    def filled(self, values: dict[str, str]) -> str:
        """Return an ARN; variables without a value are ``*``."""
        return _VARIABLE.sub(lambda match: values.get(match[1], "*"), self.arn)

    def matches(self, arn: str) -> bool:
        """Say whether an ARN is one of this type."""
        return bool(_expression(self.arn).fullmatch(arn))


@cache
def _expression(arn: str) -> re.Pattern[str]:
    parts = _VARIABLE.split(arn)
    open_ended = {
        "ParameterNameWithoutLeadingSlash",
        "LogGroupName",
        "ObjectName",
        "RepositoryName",
        "RoleNameWithPath",
        "SecretId",
    }
    texts = [
        re.escape(part) if index % 2 == 0 else (".+" if part in open_ended else "[^:/]+")
        for index, part in enumerate(parts)
    ]
    return re.compile("".join(texts) + r"(?::\*)?")


@cache
def _file(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(
        Path(__file__).with_name(name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return found


def operations() -> dict[str, Any]:
    """Return what calls need beyond the reference."""
    return _file("operations.yml")


def known(action: str) -> bool:
    """Say whether the excerpt has an action, e.g. ``ecs:UpdateService``."""
    service, _, name = action.partition(":")
    return name in _file("actions.yml").get(service, {"actions": {}})["actions"]


@cache
def types(action: str) -> tuple[ResourceType, ...]:
    """Return the types of resources that an action is allowed on; none means that it is allowed on ``*`` only.

    Raises:
        LookupError: the excerpt does not have it.
    """
    if not known(action):
        raise LookupError(f"{action} is not in rehearsal/authorization/actions.yml; run tools/iam_actions.py {action}")
    service, _, name = action.partition(":")
    entry = _file("actions.yml")[service]
    names = [found for found in entry["actions"][name] if found.rstrip("?") not in operations()["never"]]
    return tuple(
        ResourceType(
            found.rstrip("?"),
            entry["resources"][found.rstrip("?")]["arn"],
            bool(entry["resources"][found.rstrip("?")].get("tagged")),
            not found.endswith("?"),
        )
        for found in names
    )


def takes_request_tags(action: str) -> bool:
    """Say whether the tags of a request can decide about an action."""
    service, _, name = action.partition(":")
    return name in _file("actions.yml")[service]["creates"]
