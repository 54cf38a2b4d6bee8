"""What PutMetricAlarm refuses.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.control.overlay import Refused
from rehearsal.metrics.alarm import ACTIONS, period
from rehearsal.metrics.evaluation import COMPARISONS
from rehearsal.metrics.expressions import ExpressionError
from rehearsal.metrics.queries import Reading, period_of
from rehearsal.metrics.statistics import SIMPLE, statistic
from rehearsal.metrics.store import MINUTE, Store

SHORT_PERIODS = (10, 20, 30)
HOUR, DAY, WEEK = 3600, 86_400, 604_800
#: Queries of an alarm, and metrics among them.
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
MOST_QUERIES, MOST_METRICS = 20, 10
MISSING_DATA = ("breaching", "notBreaching", "ignore", "missing")
LOW_SAMPLES = ("evaluate", "ignore")
#: What belongs to an alarm on one metric and not to one on ``Metrics``.
SINGLE = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions", "Unit")
LACKING = ("EvaluationWindow", "WarmUpConfiguration", "EvaluationCriteria", "EvaluationInterval", "ThresholdMetricId")
_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")


def refuse(text: str, code: str = "ValidationError") -> None:
    """Refuse with CloudWatch's usual code."""
    raise Refused(code, text)


def check_alarm(params: Mapping[str, Any], region: str) -> None:
    """Refuse a metric alarm that AWS refuses."""
    for name in LACKING:
        if name in params:
            refuse(f"the local cloud does not know {name} of alarms")
    for name in ("ComparisonOperator", "EvaluationPeriods", "Threshold"):
        if name not in params:
            refuse(f"The parameter {name} is required.", "MissingParameter")
    if params["ComparisonOperator"] not in COMPARISONS:
        refuse(f"{params['ComparisonOperator']} needs an anomaly detection band, which the local cloud has not")
    if params.get("Metrics"):
        _check_queries(params)
    else:
        _check_single(params)
    _check_choices(params)
    _check_range(params)
    check_actions(params, region)


def _check_single(params: Mapping[str, Any]) -> None:
    for name in ("MetricName", "Namespace", "Period"):
        if name not in params:
            refuse(f"The parameter {name} is required.", "MissingParameter")
    if ("Statistic" in params) == ("ExtendedStatistic" in params):
        refuse("Exactly one of Statistic and ExtendedStatistic must be specified", "InvalidParameterCombination")
    check_statistic(params.get("Statistic") or params["ExtendedStatistic"], "ExtendedStatistic")
    if params.get("ExtendedStatistic") in SIMPLE:
        refuse(f"The value {params['ExtendedStatistic']} for parameter ExtendedStatistic is not supported.")
    check_period(int(params["Period"]), shortest=10)


def _check_queries(params: Mapping[str, Any]) -> None:
    both = [name for name in SINGLE if params.get(name)]
    if both:
        refuse(f"Metrics and {', '.join(both)} cannot be specified together", "InvalidParameterCombination")
    queries = params["Metrics"]
    if len(queries) > MOST_QUERIES:
        refuse(f"Metrics must have at most {MOST_QUERIES} members")
    check_queries(queries, "Metrics", shortest=10)
    if sum("MetricStat" in query for query in queries) > MOST_METRICS:
        refuse(f"An alarm can look at {MOST_METRICS} metrics at most")
    if sum(query.get("ReturnData", True) for query in queries) != 1:
        refuse("Exactly one element of the metrics list should return data.")


def check_queries(queries: Sequence[Mapping[str, Any]], where: str, shortest: int = 1) -> None:
    """Refuse metric data queries that AWS refuses: each one statistic of a metric, or one expression.

    Args:
        queries: as they were sent.
        where: name of the parameter.
        shortest: period in seconds.
    """
    ids = [query["Id"] for query in queries]
    for number, query in enumerate(queries, 1):
        name = f"{where}.member.{number}"
        if not _ID.fullmatch(query["Id"]) or ids.count(query["Id"]) > 1:
            refuse(f"The value {query['Id']} for parameter {name}.Id is invalid or not unique.")
        if ("MetricStat" in query) == ("Expression" in query):
            refuse(f"Exactly one of {name}.MetricStat and {name}.Expression must be specified")
        if "MetricStat" in query:
            check_statistic(query["MetricStat"]["Stat"], f"{name}.MetricStat.Stat")
            check_period(int(query["MetricStat"]["Period"]), shortest)
    try:
        Reading(Store(), "", 0, period_of(queries), 0).all(queries)
    except ExpressionError as error:
        refuse(f"{where}: {error}")


def check_statistic(name: str, where: str) -> None:
    """Refuse a statistic that is unknown."""
    try:
        statistic(name)
    except ValueError as error:
        refuse(f"The value {name} for parameter {where} is not supported: {error}", "InvalidParameterValue")


def check_period(period: int, shortest: int) -> None:
    """Refuse a period, in seconds, that is neither a short one nor a multiple of a minute."""
    short = [number for number in (1, 5, *SHORT_PERIODS) if number >= shortest]
    if period not in short and period % MINUTE:
        listed = ", ".join(map(str, short))
        refuse(f"The parameter Period must be {listed} or a multiple of 60.", "InvalidParameterValue")


def _check_choices(params: Mapping[str, Any]) -> None:
    choices = {"TreatMissingData": MISSING_DATA, "EvaluateLowSampleCountPercentile": LOW_SAMPLES}
    for name, allowed in choices.items():
        if name in params and params[name] not in allowed:
            refuse(f"Option {params[name]} is not supported. Supported options for parameter {name} are {allowed}.")
    if params.get("EvaluateLowSampleCountPercentile") and "Statistic" in params:
        refuse("EvaluateLowSampleCountPercentile can be specified only for percentiles")


def _check_range(params: Mapping[str, Any]) -> None:
    periods = int(params["EvaluationPeriods"])
    if int(params.get("DatapointsToAlarm") or 1) > periods:
        refuse("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    seconds = period(params)
    if periods * seconds > (WEEK if seconds >= HOUR else DAY):
        refuse("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).")


def check_actions(params: Mapping[str, Any], region: str) -> None:
    """Refuse actions that are no ARNs, twice the same, or topics of another region."""
    for name in ACTIONS.values():
        actions = params.get(name, [])
        for arn in actions:
            parts = arn.split(":")
            if parts[0] != "arn" or len(parts) < 6:  # noqa: PLR2004  arn:partition:service:region:account:resource
                refuse(f"Invalid use of {name}: {arn} is no valid ARN")
            if parts[2] == "sns" and parts[3] != region:
                refuse(f"Invalid region {parts[3]} specified. Only {region} is supported.")
        if len(set(actions)) < len(actions):
            refuse(f"{name} must not contain duplicates")
