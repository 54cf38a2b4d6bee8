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
#: Requests of a colour that are bad, by kind.
BAD = {"availability": "FILL(errors_{0}, 0)", "latency": "FILL(slow_{0}, 0) / 100 * FILL(requests_{0}, 0)"}
#: Requests that the load balancer answered with 5xx because the target did not: it tells of no target group which. What
#: else has no answer is open still, or a WebSocket, or the client's wish. Each answer has one response time, so one
#: metric counts them in place of four: an alarm may have ten, and each costs.
LOST = "IF(open > own, own, IF(open > 0, open, 0))"
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
        total, bad = self._sum("FILL(requests_{0}, 0)"), self._sum(BAD[self.kind])
        lost = self._lost(total, period) if self.kind == "availability" else []
        failed = f"{bad} + {LOST}" if lost else bad
        share = f"IF(({total}) >= {self.requests}, 100 * ({failed}) / ({total}), 0)"
        stats = [stat for colour in self.colours for stat in self._stats(colour, period)]
        shown = {"Id": "share", "Label": "Per cent of requests", "Expression": share, "ReturnData": True}
        return [shown, *lost, *stats]

    def _sum(self, term: str) -> str:
        return " + ".join(term.format(colour) for colour in self.colours)

    def _lost(self, total: str, period: int) -> list[Entry]:
        """Return the requests without an answer, and how many the load balancer answered in a target's place."""
        unanswered = f"{total} - ({self._sum('FILL(answers_{0}, 0)')})"
        return [
            {"Id": "open", "Expression": unanswered, "ReturnData": False},
            {"Id": "own", "Expression": "FILL(rejected, 0)", "ReturnData": False},
            self._stat("rejected", "HTTPCode_ELB_5XX_Count", "Sum", period),
        ]

    def _stats(self, colour: str, period: int) -> list[Entry]:
        counted = {
            "availability": {
                "errors": ("HTTPCode_Target_5XX_Count", "Sum"),
                "answers": ("TargetResponseTime", "SampleCount"),
            },
            "latency": {"slow": ("TargetResponseTime", f"PR({self.seconds:g}:)")},
        }[self.kind]
        wanted = {"requests": ("RequestCount", "Sum"), **counted}
        group = {"TargetGroup": f"${{output.{self.service}.{colour}_target_group}}"}
        return [
            self._stat(f"{name}_{colour}", metric, stat, period, **group) for name, (metric, stat) in wanted.items()
        ]

    def _stat(self, name: str, metric: str, stat: str, period: int, **more: str) -> Entry:
        pairs = {"LoadBalancer": f"${{output.{self.service}.load_balancer}}", **more}
        dimensions = [{"Name": key, "Value": value} for key, value in pairs.items()]
        told = {"Namespace": "AWS/ApplicationELB", "MetricName": metric, "Dimensions": dimensions}
        return {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {"Metric": told, "Period": period, "Stat": stat},
        }


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"objective_alarms": objective_alarms}
