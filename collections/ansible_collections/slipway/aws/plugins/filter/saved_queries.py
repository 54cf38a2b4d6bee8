"""Filters of the role dashboards: saved queries, and groups of traces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.slipway.aws.plugins.filter.service import short_name

Entry = dict[str, Any]
#: Characters of the name of a group or a sampling rule. https://docs.aws.amazon.com/xray/latest/api/API_Group.html
LONGEST = 32
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
    "bytes by log group": """stats sum(strlen(@message)) as bytes, count(*) as lines by @log
| display @log, lines, bytes, bytes / 1073741824 * 0.5 as dollars
| sort bytes desc""",
}


def saved_queries(services: Iterable[Mapping[str, Any]], place: Mapping[str, str]) -> list[Entry]:
    """Return a ``logs_query_definition`` for each query over the logs of all services.

    Args:
        services: as ``dashboard_services`` returns them.
        place: ``prefix`` and ``log_groups``.
    """
    groups = [f"{place['log_groups']}/{one['name']}" for one in services][:MOST_GROUPS]
    return [
        {
            "type": "logs_query_definition",
            "name": name.replace(" ", "_"),
            "properties": {"name": f"{place['prefix']}/{name}", "queryString": text, "logGroupNames": groups},
        }
        for name, text in QUERIES.items()
    ]


#: Log groups that a query takes; whoever has more services chooses when asking.
MOST_GROUPS = 50


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
