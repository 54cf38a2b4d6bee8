"""Metric data of CloudWatch: put, fetched, listed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.metrics.alarm_rules import check_period, check_queries, check_statistic
from rehearsal.metrics.data_rules import MOST_DATA, check_datum, check_namespace, refuse_value, stretch
from rehearsal.metrics.expressions import ExpressionError, Series
from rehearsal.metrics.kept import metrics, moment
from rehearsal.metrics.paging import begin, page
from rehearsal.metrics.putting import put
from rehearsal.metrics.queries import Query, Reading
from rehearsal.metrics.statistics import SIMPLE
from rehearsal.metrics.store import Metric

MOST_POINTS, MOST_FETCHED, MOST_QUERIES, MOST_LISTED = 1440, 100_800, 500, 500
#: Virtual seconds for which ListMetrics knows a metric without data, and for which it is recently active.
LISTED, ACTIVE = 14 * 24 * 3600, 3 * 3600


@operation("cloudwatch", "PutMetricData")
def put_metric_data(call: Call) -> dict[str, Any]:
    """Keep data, all or none."""
    params = call.params
    check_namespace(params["Namespace"])
    entities = [datum for entity in params.get("EntityMetricData", []) for datum in entity.get("MetricData", [])]
    data = [*params.get("MetricData", []), *entities]
    if not data:
        raise Refused("MissingParameter", "The parameter MetricData is required.")
    if len(data) > MOST_DATA:
        refuse_value(f"The collection MetricData must not have a size greater than {MOST_DATA}.")
    for number, datum in enumerate(data, 1):
        check_datum(datum, f"MetricData.member.{number}", call.world.clock.now())
    for datum in data:
        put(call.world, call.region, params["Namespace"], datum)
    return {}


@operation("cloudwatch", "GetMetricData")
def get_metric_data(call: Call) -> dict[str, Any]:
    """Return statistics and expressions, in parts of at most ``MaxDatapoints``."""
    params, queries = call.params, call.params["MetricDataQueries"]
    _check_fetched(params, queries)
    periods = [int(query["MetricStat"]["Period"]) for query in queries if "MetricStat" in query]
    now = call.world.clock.now()
    start, end = stretch(params, now, periods)
    try:
        series = Reading(metrics(call.world), call.region, start, end, now).all(queries)
    except ExpressionError as error:
        raise Refused("ValidationError", str(error)) from error
    return _part(params, [query for query in queries if query.get("ReturnData", True)], series)


def _check_fetched(params: Mapping[str, Any], queries: Sequence[Query]) -> None:
    if not queries or len(queries) > MOST_QUERIES:
        refuse_value(f"The collection MetricDataQueries must have 1 to {MOST_QUERIES} members.")
    check_queries(queries, "MetricDataQueries")
    if not any(query.get("ReturnData", True) for query in queries):
        raise Refused("ValidationError", "At least one query must return data.")
    if not 0 < int(params.get("MaxDatapoints", MOST_FETCHED)) <= MOST_FETCHED:
        refuse_value(f"The value {params['MaxDatapoints']} for parameter MaxDatapoints is invalid.")


def _part(params: Mapping[str, Any], queries: Sequence[Query], series: Mapping[str, Series]) -> dict[str, Any]:
    down = params.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    left, skip = int(params.get("MaxDatapoints", MOST_FETCHED)), begin(params)
    total, position, results = sum(len(series[query["Id"]]) for query in queries), 0, []
    first, last = skip, skip + left
    for query in queries:
        points = sorted(series[query["Id"]].items(), reverse=down)
        chosen = points[max(0, first - position) : max(0, last - position)]
        complete = position + len(points) <= last
        position += len(points)
        results.append(_result(query, chosen, complete=complete))
    more = {"NextToken": str(last)} if last < total else {}
    return {"MetricDataResults": results, "Messages": [], **more}


def _result(query: Query, points: Sequence[tuple[int, float]], *, complete: bool) -> dict[str, Any]:
    named = query["MetricStat"]["Metric"]["MetricName"] if "MetricStat" in query else query["Id"]
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or named,
        "Timestamps": [moment(at) for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete" if complete else "PartialData",
    }


@operation("cloudwatch", "GetMetricStatistics")
def get_metric_statistics(call: Call) -> dict[str, Any]:
    """Return statistics of one metric."""
    params = call.params
    simple, extended, period = params.get("Statistics", []), params.get("ExtendedStatistics", []), int(params["Period"])
    if bool(simple) == bool(extended):
        raise Refused("InvalidParameterCombination", "Must specify either Statistics or ExtendedStatistics")
    for name in [*simple, *extended]:
        check_statistic(name, "Statistics" if simple else "ExtendedStatistics")
    if set(extended) & set(SIMPLE):
        refuse_value("ExtendedStatistics takes percentiles and percentile ranks")
    check_period(period, shortest=1)
    now = call.world.clock.now()
    start, end = stretch(params, now, [period])
    _check_points(math.ceil((end - start) / period))
    reading = Reading(metrics(call.world), call.region, start, end, now)
    return {"Label": params["MetricName"], "Datapoints": _points(params, reading, simple, extended)}


def _check_points(points: int) -> None:
    if points > MOST_POINTS:
        text = f"You have requested up to {points:,} datapoints, which exceeds the limit of {MOST_POINTS:,}."
        more = "You may reduce the datapoints requested by increasing Period, or decreasing the time range."
        raise Refused("InvalidParameterCombination", f"{text} {more}")


def _points(
    params: Mapping[str, Any], reading: Reading, simple: Sequence[str], extended: Sequence[str]
) -> list[dict[str, Any]]:
    period, asked = int(params["Period"]), params.get("Unit")
    unit = reading.store.unit(Metric.of(reading.region, params))
    series = {name: reading.metric(params, name, period, asked) for name in [*simple, *extended]}
    moments = sorted({at for values in series.values() for at in values})
    points = []
    for at in moments:
        values = {name: values[at] for name, values in series.items() if at in values}
        shown = values if simple else {"ExtendedStatistics": values}
        points.append({"Timestamp": moment(at), "Unit": unit, **shown})
    return points


@operation("cloudwatch", "ListMetrics")
def list_metrics(call: Call) -> dict[str, Any]:
    """List metrics that had data during the last two weeks."""
    params, store, now = call.params, metrics(call.world), call.world.clock.now()
    since = now - (ACTIVE if params.get("RecentlyActive") else LISTED)
    found = [one for one in store.metrics(call.region) if _listed(params, one) and store.latest(one) >= since]
    found.sort(key=lambda one: (one.namespace, one.name, one.dimensions))
    shown, more = page(found, params, MOST_LISTED)
    return {"Metrics": [one.as_dict() for one in shown], **more}


def _listed(params: Mapping[str, Any], metric: Metric) -> bool:
    values = dict(metric.dimensions)
    return (
        metric.namespace == params.get("Namespace", metric.namespace)
        and metric.name == params.get("MetricName", metric.name)
        and all(
            pair["Name"] in values and pair.get("Value", values[pair["Name"]]) == values[pair["Name"]]
            for pair in params.get("Dimensions", [])
        )
    )
