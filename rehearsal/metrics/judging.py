"""The state a metric alarm should have at a moment, and why, in CloudWatch's own words."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.metrics.alarm import Alarm
from rehearsal.metrics.evaluation import ALARM, COMPARISONS, INSUFFICIENT, LOOKS_BACK, decide
from rehearsal.metrics.expressions import ExpressionError, Series
from rehearsal.metrics.kept import moment
from rehearsal.metrics.queries import Reading
from rehearsal.metrics.store import Store

_WORDS = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}
MEDIAN = 50


@dataclass(frozen=True)
class Verdict:
    """A state with its reason, and the data behind it as JSON."""

    state: str
    reason: str
    data: str


def judge(store: Store, alarm: Alarm, at: int) -> Verdict | None:
    """Return the state of a metric alarm; ``None`` when it stays as it is.

    Args:
        store: all metrics.
        alarm: a metric alarm.
        at: virtual second; data until then count.
    """
    period, wanted = alarm.period, int(alarm.params["EvaluationPeriods"])
    start = at - (wanted + LOOKS_BACK) * period
    reading = Reading(store, alarm.region, start, at, at)
    try:
        series = _series(reading, alarm)
    except ExpressionError as error:
        known = alarm.state_value == INSUFFICIENT
        return None if known else Verdict(INSUFFICIENT, f"Insufficient Data: {error}", "{}")
    if _too_few(reading, alarm, wanted):
        return None
    state = _decide(alarm, [series.get(begin) for begin in range(start, at, period)], wanted)
    if state == alarm.state_value:
        return None
    facts = sorted(series.items())[-wanted:]
    return Verdict(state, _reason(alarm, state, facts, wanted), _data(alarm, facts, at))


def _series(reading: Reading, alarm: Alarm) -> Series:
    params = alarm.params
    if params.get("Metrics"):
        shown = next(query["Id"] for query in params["Metrics"] if query.get("ReturnData", True))
        return reading.all(params["Metrics"])[shown]
    stat = params.get("Statistic") or params["ExtendedStatistic"]
    return reading.metric(params, stat, alarm.period, params.get("Unit"))


def latest(store: Store, alarm: Alarm, at: int) -> float | None:
    """Return the newest value of an alarm's metric at a virtual second, which scaling policies go by."""
    start = (at // alarm.period - int(alarm.params["EvaluationPeriods"]) - LOOKS_BACK) * alarm.period
    try:
        series = _series(Reading(store, alarm.region, start, at // alarm.period * alarm.period, at), alarm)
    except ExpressionError:
        return None
    return series[max(series)] if series else None


def _decide(alarm: Alarm, values: Sequence[float | None], wanted: int) -> str:
    breaches, threshold = COMPARISONS[alarm.params["ComparisonOperator"]], float(alarm.params["Threshold"])
    points = [None if value is None else breaches(value, threshold) for value in values]
    missing = alarm.params.get("TreatMissingData", "missing")
    return decide(points, wanted, needed(alarm), missing, alarm.state_value)


def needed(alarm: Alarm) -> int:
    """Return how many data points must breach."""
    return int(alarm.params.get("DatapointsToAlarm") or alarm.params["EvaluationPeriods"])


def _too_few(reading: Reading, alarm: Alarm, wanted: int) -> bool:
    """Say whether a percentile is of so few samples that the alarm is not to change.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
    """
    found = re.fullmatch(r"p([\d.]+)", alarm.params.get("ExtendedStatistic", ""))
    if alarm.params.get("EvaluateLowSampleCountPercentile") != "ignore" or not found:
        return False
    rank = float(found[1])
    rare = (100 - rank if rank >= MEDIAN else rank) / 100
    data = reading.data(alarm.params, alarm.period, alarm.params.get("Unit"))
    return any(one.count * rare < 10 for one in list(data.values())[-wanted:])  # noqa: PLR2004  AWS's number


def _reason(alarm: Alarm, state: str, facts: Sequence[tuple[int, float]], wanted: int) -> str:
    if state == INSUFFICIENT:
        return f"Insufficient Data: {_points(wanted)} {'was' if wanted == 1 else 'were'} unknown."
    if not facts:
        treated = _TREATED.get(alarm.params.get("TreatMissingData", ""), "Missing")
        text = f"no datapoints were received for {wanted} period{'s' if wanted > 1 else ''}"
        verb = "was" if wanted == 1 else "were"
        lacking = _points(wanted).replace(" ", " missing ")
        return f"Threshold Crossed: {text} and {lacking} {verb} treated as [{treated}]."
    return f"Threshold Crossed: {_crossed(alarm, state, facts, wanted)}"


def _crossed(alarm: Alarm, state: str, facts: Sequence[tuple[int, float]], wanted: int) -> str:
    breaches, threshold = COMPARISONS[alarm.params["ComparisonOperator"]], float(alarm.params["Threshold"])
    chosen = [fact for fact in facts if breaches(fact[1], threshold) == (state == ALARM)] or list(facts)
    shown = ", ".join(f"{value} ({moment(at):%d/%m/%y %H:%M:%S})" for at, value in reversed(chosen))
    verb = ("was" if len(chosen) == 1 else "were") + ("" if state == ALARM else " not")
    least = needed(alarm) if state == ALARM else wanted - needed(alarm) + 1
    change = "OK -> ALARM" if state == ALARM else "ALARM -> OK"
    than = _WORDS[alarm.params["ComparisonOperator"]]
    return (
        f"{len(chosen)} out of the last {wanted} datapoints [{shown}] {verb} {than} the threshold ({threshold}) "
        f"(minimum {_points(least)} for {change} transition)."
    )


def _points(number: int) -> str:
    return f"{number} datapoint{'' if number == 1 else 's'}"


def _data(alarm: Alarm, facts: Sequence[tuple[int, float]], at: int) -> str:
    fields: dict[str, Any] = {
        "version": "1.0",
        "queryDate": stamp(at),
        "statistic": alarm.params.get("Statistic") or alarm.params.get("ExtendedStatistic"),
        "period": alarm.period,
        "recentDatapoints": [value for _, value in facts],
        "threshold": float(alarm.params["Threshold"]),
        "evaluatedDatapoints": [{"timestamp": stamp(begin), "value": value} for begin, value in reversed(facts)],
    }
    return json.dumps({name: value for name, value in fields.items() if value is not None})


def stamp(at: float) -> str:
    """Return virtual seconds since 1970 as CloudWatch writes them in its messages."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
