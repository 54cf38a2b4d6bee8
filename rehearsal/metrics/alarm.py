"""One alarm: what was put, and its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.metrics.evaluation import ALARM, INSUFFICIENT, OK
from rehearsal.metrics.kept import moment
from rehearsal.metrics.queries import period_of

FIRST = "Unchecked: Initial alarm creation"
ACTIONS = {ALARM: "AlarmActions", OK: "OKActions", INSUFFICIENT: "InsufficientDataActions"}


def period(params: Mapping[str, Any]) -> int:
    """Return the period in seconds of a metric alarm, put with these parameters."""
    return period_of(params["Metrics"]) if params.get("Metrics") else int(params["Period"])


@dataclass
class Suppression:
    """What an actions suppressor does to a composite alarm; times are virtual seconds.

    Attributes:
        waiting: a change of state whose actions were not carried out yet: old state and when.
        rang_at: when the suppressor was last seen in ALARM.
        by: what suppresses now, empty when nothing does.
    """

    waiting: tuple[str, float] | None = None
    rang_at: float | None = None
    by: str = ""


@dataclass
class Alarm:
    """A metric alarm, or a composite one.

    Attributes:
        params: what it was put with, in the API's own names, without tags.
        configured: virtual time of the last put.
        seen: states of the alarms it names at its last evaluation, for a composite one.
    """

    region: str
    account: str
    params: dict[str, Any]
    configured: float
    updated: float
    transitioned: float
    state_value: str = INSUFFICIENT
    reason: str = FIRST
    reason_data: str = ""
    seen: tuple[str, ...] | None = None
    suppression: Suppression = field(default_factory=Suppression)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.params["AlarmName"])

    @property
    def alarm_arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:cloudwatch:{self.region}:{self.account}:alarm:{self.name}"

    @property
    def composite(self) -> bool:
        """Whether it is over other alarms."""
        return "AlarmRule" in self.params

    @property
    def kind(self) -> str:
        """Value of the API's AlarmType."""
        return "CompositeAlarm" if self.composite else "MetricAlarm"

    @property
    def actions_enabled(self) -> bool:
        """Whether it acts; moto switches it."""
        return bool(self.params.get("ActionsEnabled", True))

    @actions_enabled.setter
    def actions_enabled(self, enabled: bool) -> None:
        self.params["ActionsEnabled"] = enabled

    @property
    def period(self) -> int:
        """Period of a metric alarm in seconds."""
        return period(self.params)

    def actions(self) -> list[str]:
        """Return the ARNs of what it does in its present state."""
        return list(self.params.get(ACTIONS[self.state_value], []))

    def described(self) -> dict[str, Any]:
        """Return it as DescribeAlarms does."""
        common = {"ActionsEnabled": True, **{name: [] for name in ACTIONS.values()}}
        if not self.composite:
            common["Dimensions"] = []
        optional = {"StateReasonData": self.reason_data, "ActionsSuppressedBy": self.suppression.by}
        return {
            **common,
            **self.params,
            "AlarmArn": self.alarm_arn,
            "AlarmConfigurationUpdatedTimestamp": moment(self.configured),
            "StateValue": self.state_value,
            "StateReason": self.reason,
            "StateUpdatedTimestamp": moment(self.updated),
            "StateTransitionedTimestamp": moment(self.transitioned),
            **{name: value for name, value in optional.items() if value},
        }
