"""Filters of the role dashboards: saved queries, and groups of traces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import batched
from typing import Any

from ansible_collections.slipway.aws.plugins.filter.service import short_name

Entry = dict[str, Any]
#: Characters of the name of a group or a sampling rule. https://docs.aws.amazon.com/xray/latest/api/API_Group.html
LONGEST = 32
#: Log groups that a query takes. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/AnalyzingLogData.html
MOST_GROUPS = 50
#: What is asked of the logs of services, by name; ``<request>`` is for the one who asks to replace.
QUERIES = {
    "errors by version": """filter status >= 500 or level = 'error'
| stats count(*) as errors, latest(message) as last by version, route, status
| sort errors desc""",
    "slowest routes": """filter ispresent(route)
| stats count(*) as requests, avg(ms) as average, pct(ms, 95) as p95, max(ms) as slowest by route, version
| sort p95 desc
| limit 20""",
    "one request": """filter request_id = '<request>' or correlation_id = '<request>' or trace_id = '<request>'
| fields @timestamp, level, service, version, message, method, path, status, ms, exception
| sort @timestamp asc""",
}


#: What the lines of each log group cost. Billed are bytes of UTF-8 and 26 more a line; a query has but characters,
#: which are as many as long as they are ASCII. https://aws.amazon.com/cloudwatch/pricing/
COST = """stats sum(strlen(@message)) as characters, count(*) as lines by @log
| display @log, lines, characters, (characters + 26 * lines) / 1073741824 * {price} as dollars
| sort characters desc"""


def saved_queries(services: Iterable[Mapping[str, Any]], place: Mapping[str, Any]) -> list[Entry]:
    """Return a ``logs_query_definition`` for each query over the logs of all services, and for what all logs cost.

    Args:
        services: as ``dashboard_services`` returns them.
        place: ``prefix``, ``log_groups``, ``platform_logs`` (names of the platform's own groups) and ``log_price``, in
            dollars for a GiB that is taken in.
    """
    groups = [f"{place['log_groups']}/{one['name']}" for one in services]
    found = [_query(name, text, groups[:MOST_GROUPS], place) for name, text in QUERIES.items()]
    text = COST.format(price=place["log_price"])
    for number, batch in enumerate(batched([*place["platform_logs"], *groups], MOST_GROUPS), 1):
        name = "cost by log group" + (f" {number}" if number > 1 else "")
        found.append(_query(name, text, list(batch), place))
    return found


def _query(name: str, text: str, groups: list[str], place: Mapping[str, Any]) -> Entry:
    properties = {"name": f"{place['prefix']}/{name}", "queryString": text, "logGroupNames": groups}
    return {"type": "logs_query_definition", "name": name.replace(" ", "_"), "properties": properties}


def trace_groups(services: Iterable[Mapping[str, Any]], place: Mapping[str, str]) -> list[Entry]:
    """Return X-Ray groups of traces that failed and that were slow, and a sampling rule, for services that trace.

    Args:
        services: as ``dashboard_services`` returns them.
        place: ``prefix`` and ``environment``.
    """
    return [entry for one in services if one["trace_share"] for entry in _of_traces(one, place)]


def _of_traces(service: Mapping[str, Any], place: Mapping[str, str]) -> list[Entry]:
    name, prefix, slow = service["name"], place["prefix"], float(service["objectives"].get("seconds", 1))
    own = f'service("{name}") AND annotation.otel_resource_deployment_environment_name = "{place["environment"]}"'
    wanted = {"failed": f"{own} AND fault", "slow": f"{own} AND responsetime > {slow:g}"}
    groups = [_group(f"{prefix}-{name}-{kind}", name, kind, text) for kind, text in wanted.items()]
    rule = {
        "RuleName": short_name(f"{prefix}-{name}", LONGEST),
        "Priority": 1000,
        "FixedRate": service["trace_share"],
        "ReservoirSize": 1,
        "ServiceName": name,
        "Attributes": {"deployment.environment.name": place["environment"]},
    }
    return [*groups, {"type": "xray_sampling_rule", "name": name, "tags": {"service": name}, "properties": rule}]


def _group(full: str, name: str, kind: str, text: str) -> Entry:
    off = {"InsightsEnabled": False, "NotificationsEnabled": False}
    properties = {"GroupName": short_name(full, LONGEST), "FilterExpression": text, "InsightsConfiguration": off}
    return {"type": "xray_group", "name": f"{name}/{kind}", "tags": {"service": name}, "properties": properties}


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"saved_queries": saved_queries, "trace_groups": trace_groups}
