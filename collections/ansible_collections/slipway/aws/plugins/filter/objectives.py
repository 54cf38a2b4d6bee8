"""Filter of the role alarms: alarms on how fast a service spends its error budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

Entry = dict[str, Any]
COLOURS = ("blue", "green")
KINDS = ("availability", "latency")
NAMES = {"availability", "latency", "seconds", "requests"}
#: Name, seconds of the long and the short window, and how many times as fast as the budget allows. The long window says
#: that it matters, the short one that it goes on. https://sre.google/workbook/alerting-on-slos/
RATES = (("fast", 3600, 300, 14.4), ("slow", 21_600, 1800, 6.0))
#: Per cent of the requests that are well, of an objective; anything else would leave no budget, or nothing but budget.
LOWEST, HIGHEST = 50, 100


def objective_alarms(
    own: Mapping[str, Mapping[str, Any]],
    shared: Mapping[str, Any],
    singles: Sequence[str],
    prefix: str,
    common: Mapping[str, Any],
) -> list[Entry]:
    """Return two alarms for each service, objective and rate, which mean something while both ring.

    Args:
        own: by service, what it promises in place of ``shared``.
        shared: ``availability`` and ``latency`` in per cent of the requests, ``None`` for no alarms, ``seconds`` in
            which they are answered, and ``requests`` of a window below which a share means nothing.
        singles: services that have one target group.
        prefix: first part of their names.
        common: properties of all.

    Raises:
        AnsibleFilterError: an objective is no share between 50 and 100 per cent, or has a name that there is not.
    """
    entries: list[Entry] = []
    for service, override in own.items():
        wanted = promised(service, override, shared)
        colours = COLOURS[:1] if service in singles else COLOURS
        for kind in KINDS:
            if wanted.get(kind) is not None:
                entries += _Objective(service, kind, wanted, colours, f"{prefix}-{service}", common).alarms()
    return entries


def promised(service: str, override: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a service promises: its own objectives in place of the shared ones.

    Raises:
        AnsibleFilterError: an objective is no share between 50 and 100 per cent, or has a name that there is not.
    """
    wanted = {**shared, **override}
    if unknown := set(wanted) - NAMES:
        raise AnsibleFilterError(
            f"objectives: {service} has objectives {sorted(unknown)}; allowed are {', '.join(sorted(NAMES))}"
        )
    for kind in KINDS:
        percent = wanted.get(kind)
        if percent is not None and not LOWEST <= float(percent) < HIGHEST:
            raise AnsibleFilterError(
                f"objectives: {kind} of {service} is {float(percent):g}; a share from {LOWEST} to less than"
                f" {HIGHEST} per cent is allowed, null for no alarms"
            )
    return wanted


def window(seconds: int) -> str:
    """Return a time in whole hours or minutes, such as ``6h``."""
    return f"{seconds // 3600}h" if seconds >= 3600 else f"{seconds // 60}m"  # noqa: PLR2004  an hour


def most(times: float, percent: float) -> float:
    """Return the per cent of requests that may fail when the budget of an objective is spent so many times as fast."""
    return round(min(times * (100 - percent), 99.9), 4)


class _Objective:
    """One objective of one service."""

    def __init__(  # noqa: PLR0913, PLR0917  all that makes an alarm
        self,
        service: str,
        kind: str,
        wanted: Mapping[str, Any],
        colours: tuple[str, ...],
        prefix: str,
        common: Mapping[str, Any],
    ) -> None:
        self.service, self.kind, self.colours, self.common = service, kind, colours, common
        self.name = f"{prefix}-{kind}"
        self.percent = float(wanted[kind])
        self.seconds, self.requests = float(wanted["seconds"]), int(wanted["requests"])

    def alarms(self) -> list[Entry]:
        """Return the alarms of both rates."""
        return [self._window(rate, seconds, times) for rate, long, short, times in RATES for seconds in (long, short)]

    def _window(self, rate: str, seconds: int, times: float) -> Entry:
        text = window(seconds)
        properties = {
            **self.common,
            "AlarmName": f"{self.name}-{rate}-{text}",
            "AlarmDescription": f"In {text}, {self.kind} fails {times:g} times as often as {self.percent:g} % allow",
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": most(times, self.percent),
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "TreatMissingData": "notBreaching",
            "Metrics": self._queries(seconds),
        }
        name = f"{self.service}/{self.kind}_{rate}/{text}"
        return {"type": "cloudwatch_alarm", "name": name, "tags": {"service": self.service}, "properties": properties}

    def _queries(self, period: int) -> list[Entry]:
        bad = {"availability": "FILL(errors_{0}, 0)", "latency": "FILL(slow_{0}, 0) / 100 * FILL(requests_{0}, 0)"}
        total = " + ".join(f"FILL(requests_{colour}, 0)" for colour in self.colours)
        failed = " + ".join(bad[self.kind].format(colour) for colour in self.colours)
        share = f"IF(({total}) >= {self.requests}, 100 * ({failed}) / ({total}), 0)"
        stats = [stat for colour in self.colours for stat in self._stats(colour, period)]
        return [{"Id": "share", "Label": "Per cent of requests", "Expression": share, "ReturnData": True}, *stats]

    def _stats(self, colour: str, period: int) -> list[Entry]:
        bad = {
            "availability": ("errors", "HTTPCode_Target_5XX_Count", "Sum"),
            "latency": ("slow", "TargetResponseTime", f"PR({self.seconds:g}:)"),
        }[self.kind]
        group = [
            {"Name": "LoadBalancer", "Value": f"${{output.{self.service}.load_balancer}}"},
            {"Name": "TargetGroup", "Value": f"${{output.{self.service}.{colour}_target_group}}"},
        ]
        return [
            {
                "Id": f"{name}_{colour}",
                "ReturnData": False,
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/ApplicationELB", "MetricName": metric, "Dimensions": group},
                    "Period": period,
                    "Stat": stat,
                },
            }
            for name, metric, stat in (("requests", "RequestCount", "Sum"), bad)
        ]


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"objective_alarms": objective_alarms}
