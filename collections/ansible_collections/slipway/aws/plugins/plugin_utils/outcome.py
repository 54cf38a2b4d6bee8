"""What became of a resource, and how that is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .adapter import Adapter
from .compare import Changes
from .resource import Resource, State
from .unknown import shown

UNCHANGED, CREATED, UPDATED, DELETED, KEPT, FAILED, SKIPPED = (
    "unchanged",
    "created",
    "updated",
    "deleted",
    "kept",
    "failed",
    "skipped",
)
CHANGED = frozenset({CREATED, UPDATED, DELETED})


@dataclass
class Outcome:
    """The end of one resource.

    Attributes:
        resource: as declared.
        action: one of the constants above.
        state: what references to it resolve to.
        before: the differing properties as they were; after: as they are or would be.
        precautions: what is done first to be safe; told beside the properties, which they are none of.
        message: why it failed, was skipped or kept.
        warning: what somebody should know although it worked.
        kept: properties of an adopted resource that differ and stay as they are.
    """

    resource: Resource
    action: str
    state: State = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    precautions: dict[str, Any] = field(default_factory=dict)
    message: str = ""
    warning: str = ""
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether AWS was, or in check mode would be, changed."""
        return self.action in CHANGED

    def as_result(self) -> dict[str, Any]:
        """Return the entry of the task's result."""
        names = {"type": self.resource.type, "name": self.resource.name, "action": self.action}
        details = {
            "before": shown(self.before),
            "after": shown(self.after),
            "message": self.message,
            "kept": shown(self.kept),
        }
        return names | {name: value for name, value in details.items() if value}

    def as_diff(self) -> dict[str, Any]:
        """Return what Ansible prints under ``--diff``."""
        return {
            "before_header": f"{self.resource} (now)",
            "after_header": f"{self.resource} ({self.action})",
            "before": shown(self.before),
            "after": shown({**self.after, **self.precautions}),
        }


def hidden(values: Mapping[str, Any], adapter: Adapter) -> dict[str, Any]:
    """Return ``values`` with secret properties replaced, ready to be shown."""
    return {name: "(sensitive)" if name in adapter.secret else value for name, value in values.items()}


def of_changes(action: str, resource: Resource, adapter: Adapter, state: State, changes: Changes) -> Outcome:
    """Return the outcome of an update."""
    before = hidden({name: change.before for name, change in changes.items()}, adapter)
    after = hidden({name: change.after for name, change in changes.items()}, adapter)
    return Outcome(resource, action, state, before, after)


def of_kept(changes: Changes, adapter: Adapter) -> dict[str, Any]:
    """Return what stays as it is, as ``{property: {before, after}}``, ready to be shown."""
    before = hidden({name: change.before for name, change in changes.items()}, adapter)
    after = hidden({name: change.after for name, change in changes.items()}, adapter)
    return {name: {"before": before[name], "after": after[name]} for name in changes}


def failures(outcomes: Iterable[Outcome]) -> list[str]:
    """Return one sentence for each resource that failed or could not be tried."""
    return [f"{item.resource}: {item.message}" for item in outcomes if item.action in {FAILED, SKIPPED}]
