"""Composite alarms: alarms over other alarms' states."""

from __future__ import annotations

from ._cloudwatch import ACTIONS, AlarmAdapter


class CloudwatchCompositeAlarm(AlarmAdapter):
    """An alarm whose rule names other alarms, which must be there first. Every field is compared."""

    create_operation = "PutCompositeAlarm"
    kind = ("CompositeAlarm", "CompositeAlarms")
    required = ("AlarmName", "AlarmRule")
    defaults = {  # noqa: RUF012  the base class says ClassVar
        **ACTIONS,
        **dict.fromkeys(("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")),
    }


ADAPTER = CloudwatchCompositeAlarm
