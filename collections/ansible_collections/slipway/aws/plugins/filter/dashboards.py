"""Filters of the role dashboards: what one looks at, from what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Widget = dict[str, Any]
Metric = list[Any]
ALB, ECS, INSIGHTS, RDS, WAF = "AWS/ApplicationELB", "AWS/ECS", "ECS/ContainerInsights", "AWS/RDS", "AWS/WAFV2"
#: A dashboard is 24 columns wide.
COLUMNS, WIDTH, HEIGHT = 24, 8, 6
#: One colour a side of a service in every picture, and one for what went wrong and what went well.
SIDES = {"blue": "#1f77b4", "green": "#2ca02c"}
BAD, GOOD, QUIET, CANDIDATE = "#d62728", "#2ca02c", "#7f7f7f", "#9467bd"
#: What a release tells of itself: each is a point in time.
MARKERS = {"ReleasePromoted": ("promoted", GOOD), "ReleaseRolledBack": ("rolled back", BAD)}


class Page:
    """Widgets, three in a row.

    Args:
        region: that the metrics are of.
    """

    def __init__(self, region: str) -> None:
        self.region = region
        self.widgets: list[Widget] = []
        self._x = self._y = 0

    def text(self, markdown: str) -> None:
        """Add a line of text over the whole width."""
        self._add("text", {"markdown": markdown}, COLUMNS, 2)

    def metrics(self, title: str, metrics: Iterable[Metric], width: int = WIDTH, **more: Any) -> None:
        """Add a picture of metrics over time, a minute a point."""
        common = {"view": "timeSeries", "stacked": False, "region": self.region, "period": 60, "stat": "Sum"}
        self._add("metric", {**common, "title": title, "metrics": list(metrics), **more}, width, HEIGHT)

    def alarms(self, title: str, arns: Sequence[str]) -> None:
        """Add the states of alarms."""
        self._add("alarm", {"title": title, "alarms": list(arns)}, WIDTH, HEIGHT)

    def log(self, title: str, group: str, query: str) -> None:
        """Add a table of what a query finds in a log."""
        properties = {"title": title, "query": f"SOURCE '{group}' | {query}", "region": self.region, "view": "table"}
        self._add("log", properties, WIDTH, HEIGHT)

    def _add(self, kind: str, properties: Widget, width: int, height: int) -> None:
        if self._x + width > COLUMNS:
            self._x, self._y = 0, self._y + HEIGHT
        place = {"x": self._x, "y": self._y, "width": width, "height": height}
        self.widgets.append({"type": kind, **place, "properties": properties})
        self._x += width
        if width == COLUMNS:
            self._x, self._y = 0, self._y + height

    def body(self) -> dict[str, Any]:
        """Return the dashboard's body."""
        return {"start": "-PT3H", "periodOverride": "inherit", "widgets": self.widgets}


def dashboard_services(
    hostvars: Mapping[str, Mapping[str, Any]], services: Iterable[str], objectives: Mapping[str, Any], prefix: str
) -> list[dict[str, Any]]:
    """Return services as pictures need them, from what the inventory says of them.

    Args:
        hostvars: Ansible's variables by host.
        services: their names.
        objectives: of services that promise nothing of their own.
        prefix: first part of names.
    """
    # Ansible's get() has something for every name.
    known = {name: hostvars[name] for name in services if name in hostvars}
    return [_service(name, known.get(name, {}), objectives, f"{prefix}-{name}") for name in services]


def _service(name: str, given: Mapping[str, Any], objectives: Mapping[str, Any], full: str) -> dict[str, Any]:
    engine = given.get("service_engine", "weighted")
    colours = ["blue"] if engine == "rolling" else ["blue", "green"]
    return {
        "name": name,
        "colours": colours,
        "tasks": {colour: f"{full}-{colour}" for colour in colours} if engine == "weighted" else {"": full},
        "url": f"https://{given.get('service_domain', '')}",
        "objectives": {**objectives, **given.get("service_objectives", {})},
        "trace_share": float(given.get("service_trace_share", 0)),
    }


def service_dashboards(services: Iterable[Mapping[str, Any]], place: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a ``cloudwatch_dashboard`` for each service; see :func:`service_dashboard`."""
    return [
        {
            "type": "cloudwatch_dashboard",
            "name": one["name"],
            "tags": {"service": one["name"]},
            "properties": {
                "DashboardName": f"{place['prefix']}-{one['name']}",
                "DashboardBody": service_dashboard(one, place),
            },
        }
        for one in services
    ]


def service_dashboard(service: Mapping[str, Any], place: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of a service's dashboard.

    Args:
        service: ``name``, ``colours`` (its target groups), ``tasks`` (ECS services by colour, or by ``""``), ``url``
            and ``objectives`` as the role alarms has them.
        place: ``prefix``, ``region``, ``account``, ``partition``, ``balancer`` and ``cluster`` as metrics name them,
            ``log_groups`` and ``runbooks``.
    """
    name, page = service["name"], Page(place["region"])
    objective = service["objectives"]
    page.text(
        f"# {name}\n{service['url']} · runbook: {place['runbooks']}/service.md · versions and releases as they come"
    )
    groups = {colour: _group(name, colour) for colour in service["colours"]}
    requests = [*_each("RequestCount", groups), *_markers(place, name)]
    page.metrics("Requests a minute, and releases", requests, 2 * WIDTH, **_LEFT_RIGHT)
    page.metrics(
        "Failed requests, per cent", _shares(groups), **_limit("objective", 100 - float(objective["availability"] or 0))
    )
    page.metrics(
        "95th percentile, seconds",
        _each("TargetResponseTime", groups, stat="p95"),
        **_limit("objective", objective["seconds"]),
    )
    share = [place["prefix"], "ReleaseShare", "service", name, {"label": "candidate", "color": CANDIDATE}]
    page.metrics("Share of the candidate, per cent", [share], stat="Maximum", **_PERCENT)
    page.metrics("Requests by version", [[_search(place, name, "Requests", "version")]])
    page.metrics("Tasks that run and are wanted", _tasks(place, service), stat="Average")
    page.metrics("CPU of tasks, per cent", _usage(place, service, "CPUUtilization"), stat="Average", **_PERCENT)
    page.metrics("Memory of tasks, per cent", _usage(place, service, "MemoryUtilization"), stat="Average", **_PERCENT)
    page.metrics("Tasks that fail their health check", _each("UnHealthyHostCount", groups, stat="Maximum"))
    page.metrics("What the business counts", [[_search(place, name, "", "")]])
    page.alarms("Alarms", [_alarm(place, f"{name}{end}") for end in ("", "-tasks")])
    page.log("Errors by version", f"{place['log_groups']}/{name}", ERRORS_BY_VERSION)
    return page.body()


ERRORS_BY_VERSION = (
    "filter status >= 500 or level = 'error' | stats count(*) as errors by version, route | sort errors desc"
)
_LEFT: dict[str, Any] = {"min": 0, "showUnits": False}
_LEFT_RIGHT: dict[str, Any] = {"yAxis": {"left": _LEFT, "right": {**_LEFT, "max": 1}}}
_PERCENT: dict[str, Any] = {"yAxis": {"left": {"min": 0, "max": 100}}}


def _limit(label: str, value: float | None) -> dict[str, Any]:
    line = {"annotations": {"horizontal": [{"label": label, "value": round(value, 4), "color": BAD}]}} if value else {}
    return {**line, "yAxis": {"left": _LEFT}}


def _group(name: str, colour: str) -> Metric:
    balancer = f"${{output.{name}.load_balancer}}"
    return ["LoadBalancer", balancer, "TargetGroup", f"${{output.{name}.{colour}_target_group}}"]


def _each(metric: str, groups: Mapping[str, Metric], **more: Any) -> list[Metric]:
    return [
        [ALB, metric, *group, {"label": colour, "color": SIDES[colour], **more}] for colour, group in groups.items()
    ]


def _shares(groups: Mapping[str, Metric]) -> list[Metric]:
    """Return the share of 5xx by colour, of the target or in its place; see :mod:`.objectives` for the latter."""
    lines: list[Metric] = []
    for colour, group in groups.items():
        lost = f"IF(o_{colour} > own, own, IF(o_{colour} > 0, o_{colour}, 0))"
        share = f"100 * (FILL(e_{colour}, 0) + {lost}) / r_{colour}"
        lines += [
            [{"id": f"s_{colour}", "expression": share, "label": colour, "color": SIDES[colour]}],
            [{"id": f"o_{colour}", "expression": f"r_{colour} - FILL(a_{colour}, 0)", "visible": False}],
            [ALB, "HTTPCode_Target_5XX_Count", *group, {"id": f"e_{colour}", "visible": False}],
            [ALB, "TargetResponseTime", *group, {"id": f"a_{colour}", "stat": "SampleCount", "visible": False}],
            [ALB, "RequestCount", *group, {"id": f"r_{colour}", "visible": False}],
        ]
    own = next(iter(groups.values()))[:2]
    return [
        *lines,
        [{"id": "own", "expression": "FILL(rejected, 0)", "visible": False}],
        [ALB, "HTTPCode_ELB_5XX_Count", *own, {"id": "rejected", "visible": False}],
    ]


def _markers(place: Mapping[str, str], name: str, whose: str = "") -> list[Metric]:
    return [
        [place["prefix"], metric, "service", name, {"label": f"{whose}{label}", "color": colour, "yAxis": "right"}]
        for metric, (label, colour) in MARKERS.items()
    ]


def _search(place: Mapping[str, str], name: str, metric: str, dimension: str) -> dict[str, str]:
    """Return a search for one metric by a dimension, or for all that are not of every service."""
    namespace = f'"{place["prefix"]}"'  # in quotes: it has other characters than letters and digits
    schema = ",".join(filter(None, (namespace, "service", dimension)))
    wanted = f'MetricName="{metric}"' if metric else " ".join(f'NOT MetricName="{one}"' for one in OF_EVERY_SERVICE)
    return {"id": "all", "expression": f"SEARCH('{{{schema}}} service=\"{name}\" {wanted}', 'Sum', 60)", "label": ""}


OF_EVERY_SERVICE = ("Latency", "Requests", "Errors", *MARKERS, "ReleaseShare")


def _ecs(place: Mapping[str, str], service: str) -> Metric:
    return ["ClusterName", place["cluster"], "ServiceName", service]


def _tasks(place: Mapping[str, str], service: Mapping[str, Any]) -> list[Metric]:
    wanted: list[Metric] = []
    running: list[Metric] = []
    for colour, ecs in service["tasks"].items():
        shown = {"color": SIDES.get(colour, SIDES["blue"])}
        wanted.append(
            [INSIGHTS, "DesiredTaskCount", *_ecs(place, ecs), {"label": f"{colour} wanted".strip(), "color": QUIET}]
        )
        running.append(
            [INSIGHTS, "RunningTaskCount", *_ecs(place, ecs), {"label": f"{colour} running".strip(), **shown}]
        )
    return [*wanted, *running]  # a later line lies over an earlier one, and most of the time they are equal


def _usage(place: Mapping[str, str], service: Mapping[str, Any], metric: str) -> list[Metric]:
    return [
        [
            ECS,
            metric,
            *_ecs(place, ecs),
            {"label": colour or service["name"], "color": SIDES.get(colour, SIDES["blue"])},
        ]
        for colour, ecs in service["tasks"].items()
    ]


def _alarm(place: Mapping[str, str], name: str) -> str:
    return f"arn:{place['partition']}:cloudwatch:{place['region']}:{place['account']}:alarm:{place['prefix']}-{name}"


def platform_dashboard(services: Sequence[Mapping[str, Any]], place: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of the environment's dashboard: all services side by side, and what they share.

    Args:
        services: as for :func:`service_dashboard`; pictures of services show the first thirty.
        place: as there, and ``database``, ``owners`` of alarms joined by commas.
    """
    page, shown = Page(place["region"]), services[:MOST_SERVICES]
    page.text(f"# {place['prefix']}\nservices: {len(services)} · runbooks: {place['runbooks']}")
    balancer = ["LoadBalancer", place["balancer"]]
    requests = [[ALB, "RequestCount", *balancer, {"label": "all services"}]]
    markers = [marker for one in shown for marker in _markers(place, one["name"], f"{one['name']} ")]
    page.metrics("Requests a minute, and releases", [*requests, *markers], **_LEFT_RIGHT)
    page.metrics("Answers 5xx a minute", _failures(balancer), yAxis={"left": {"min": 0}})
    page.metrics(
        "Requests by service", [[place["prefix"], "Requests", "service", one["name"]] for one in shown], stacked=True
    )
    page.metrics("Failed requests by service", [[place["prefix"], "Errors", "service", one["name"]] for one in shown])
    latencies = [[place["prefix"], "Latency", "service", one["name"], {"stat": "p95"}] for one in shown]
    page.metrics("95th percentile by service, milliseconds", latencies)
    page.metrics(
        "Blocked by the firewall",
        [[WAF, "BlockedRequests", "WebACL", place["prefix"], "Region", place["region"], "Rule", "ALL"]],
    )
    page.metrics("Database: CPU, per cent", [_of_database(place, "CPUUtilization")], stat="Average", **_PERCENT)
    page.metrics("Database: sessions", [_of_database(place, "DatabaseConnections")], stat="Maximum")
    page.metrics("Database: bytes of storage left", [_of_database(place, "FreeStorageSpace")], stat="Minimum")
    page.alarms(
        "Alarms", [_alarm(place, owner) for owner in [*place["owners"].split(","), *(one["name"] for one in shown)]]
    )
    return page.body()


MOST_SERVICES = 30


def _failures(balancer: Metric) -> list[Metric]:
    return [
        [ALB, "HTTPCode_Target_5XX_Count", *balancer, {"label": "of services", "color": BAD}],
        [ALB, "HTTPCode_ELB_5XX_Count", *balancer, {"label": "of the load balancer", "color": QUIET}],
    ]


def _of_database(place: Mapping[str, str], metric: str) -> Metric:
    return [RDS, metric, "DBInstanceIdentifier", place["database"]]


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "dashboard_services": dashboard_services,
            "platform_dashboard": platform_dashboard,
            "service_dashboards": service_dashboards,
        }
