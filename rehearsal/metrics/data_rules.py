"""What CloudWatch refuses of data that are put and of stretches of time that are asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rehearsal.control.overlay import Refused
from rehearsal.metrics.kept import seconds
from rehearsal.metrics.store import MINUTE

MOST_DATA, MOST_VALUES, LARGEST = 1000, 150, 2.0**360
OLDEST, FURTHEST = 14 * 24 * 3600, 2 * 3600
KINDS = ("Value", "Values", "StatisticValues")
DAY = 24 * 3600
#: From which age on, in seconds, only what coarser periods are made of is kept.
COARSER = ((63 * DAY, 3600), (15 * DAY, 300))
#: Age, in seconds, until which periods below a minute can be asked for.
FINE = 3 * 3600


def refuse_value(text: str) -> None:
    """Refuse the value of a parameter."""
    raise Refused("InvalidParameterValue", text)


def check_namespace(namespace: str) -> None:
    """Refuse AWS's own namespaces, and a colon at the begin."""
    if namespace.startswith(("AWS/", ":")):
        refuse_value(f"The value {namespace} for parameter Namespace is invalid.")


def check_datum(datum: Mapping[str, Any], where: str, now: float) -> None:
    """Refuse a datum that AWS refuses.

    Args:
        datum: as it was sent.
        where: its place among the parameters.
        now: virtual time.
    """
    given = [name for name in KINDS if name in datum]
    if not given:
        raise Refused("MissingParameter", f"At least one of the parameters must be specified. {where}")
    if len(given) > 1:
        text = f"The parameters {where}.{given[0]} and {where}.{given[1]} are mutually exclusive"
        raise Refused("InvalidParameterCombination", f"{text} and you have specified both.")
    if datum.get("StorageResolution", MINUTE) not in {1, MINUTE}:
        refuse_value(f"The value {datum['StorageResolution']} for parameter {where}.StorageResolution is invalid.")
    names = [pair["Name"] for pair in datum.get("Dimensions", [])]
    if len(set(names)) < len(names):
        refuse_value(f"No dimension of {where} may be specified more than once.")
    _check_values(datum, where)
    at = seconds(datum["Timestamp"]) if "Timestamp" in datum else now
    if not now - OLDEST <= at <= now + FURTHEST:
        refuse_value(f"The parameter {where}.Timestamp must specify a time within the past two weeks.")


def _check_values(datum: Mapping[str, Any], where: str) -> None:
    statistics = datum.get("StatisticValues", {})
    values = [*datum.get("Values", []), *statistics.values(), *([datum["Value"]] if "Value" in datum else [])]
    wrong = [value for value in values if not math.isfinite(value) or abs(value) > LARGEST]
    if wrong:
        refuse_value(f"The value {wrong[0]} for parameter {where} is invalid.")
    if len(datum.get("Values", [])) > MOST_VALUES:
        refuse_value(f"The parameter {where}.Values must have at most {MOST_VALUES} members.")
    counts = datum.get("Counts", datum.get("Values", []))
    if len(counts) != len(datum.get("Values", [])):
        refuse_value(f"The parameters {where}.Values and {where}.Counts must be of the same size.")
    if statistics and (statistics["SampleCount"] <= 0 or statistics["Minimum"] > statistics["Maximum"]):
        refuse_value(f"The value of {where}.StatisticValues is invalid.")


def stretch(params: Mapping[str, Any], now: float, periods: list[int]) -> tuple[int, int]:
    """Return first second and end of what is asked for, as CloudWatch rounds them.

    Args:
        params: with StartTime and EndTime.
        now: virtual time.
        periods: all periods that are asked for, in seconds.
    """
    start, end = seconds(params["StartTime"]), seconds(params["EndTime"])
    if start >= end:
        raise Refused("ValidationError", "The parameter EndTime must be greater than StartTime.")
    for age, coarse in COARSER:
        if now - start > age and any(period % coarse for period in periods):
            refuse_value(f"Data older than {age // DAY} days are of periods that are multiples of {coarse} seconds.")
    if now - start > FINE and any(period < MINUTE for period in periods):
        refuse_value("Periods below a minute can be asked for during three hours.")
    step = min(MINUTE, *periods)
    return int(start) // step * step, math.ceil(end)
