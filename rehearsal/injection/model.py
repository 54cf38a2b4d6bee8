"""Experiments as the mover knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_DURATION = re.compile(r"PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
ENDED = frozenset({"completed", "stopped", "failed", "cancelled"})
#: What FIS says of a status where nothing went wrong.
REASONS = {
    "pending": "Experiment is pending.",
    "initiating": "Experiment is initiating.",
    "running": "Experiment is running.",
    "completed": "Experiment completed.",
    "stopping": "Experiment is stopping.",
    "stopped": "Experiment stopped.",
}


def duration(text: str) -> float | None:
    """Return the seconds of an ISO 8601 duration such as ``PT5M``; ``None`` when it is none of hours or less."""
    found = _DURATION.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600.0 + minutes * 60 + seconds


@dataclass
class Action:
    """One action of an experiment.

    Attributes:
        settings: from the template, under the API's names.
        until: virtual time at which it ends by itself.
        begun: virtual time; ``None`` while it waits.
        hit: ids of what it acts on.
    """

    name: str
    settings: dict[str, Any]
    status: str = "pending"
    begun: float | None = None
    until: float = 0.0
    ended: float | None = None
    hit: list[str] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """Return it as GetExperiment does."""
        times = {"startTime": self.begun, "endTime": self.ended}
        known = {name: moment for name, moment in times.items() if moment is not None}
        return {**self.settings, **known, "state": {"status": self.status, "reason": f"Action is {self.status}."}}


@dataclass
class Experiment:
    """One experiment.

    Attributes:
        template: as it was when the experiment was started, under the API's names.
        token: of the call that started it.
        reason: why it ended otherwise than planned.
    """

    id: str
    region: str
    account: str
    template: dict[str, Any]
    token: str
    tags: dict[str, str]
    created: float
    actions: list[Action]
    status: str = "pending"
    reason: str = ""
    begun: float | None = None
    ended: float | None = None

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:fis:{self.region}:{self.account}:experiment/{self.id}"

    @property
    def over(self) -> bool:
        """Whether nothing more happens."""
        return self.status in ENDED

    def summary(self) -> dict[str, Any]:
        """Return it as ListExperiments does."""
        return {
            "id": self.id,
            "arn": self.arn,
            "experimentTemplateId": self.template["id"],
            "state": {"status": self.status, "reason": self.reason or REASONS[self.status]},
            "creationTime": self.created,
            "tags": self.tags,
        }

    def shown(self) -> dict[str, Any]:
        """Return it as GetExperiment does."""
        times = {"startTime": self.begun, "endTime": self.ended}
        return {
            **self.summary(),
            **{name: self.template[name] for name in ("roleArn", "targets", "stopConditions")},
            **{name: moment for name, moment in times.items() if moment is not None},
            "actions": {action.name: action.shown() for action in self.actions},
            "targetAccountConfigurationsCount": 0,
        }
