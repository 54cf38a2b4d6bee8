"""Filters of the role prometheus: Grafana's dashboards and settings.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

Panel = dict[str, Any]
#: A dashboard is 24 columns wide; of Grafana's versions of the model, the one that these are written in.
COLUMNS, WIDTH, HEIGHT, MODEL = 24, 8, 8, 39
SOURCE = {"type": "prometheus", "uid": "prometheus"}
TOTAL, FAILED = "http_requests_total", 'code=~"5.."'
CPU = "process_cpu_seconds_total"
SECONDS = "http_request_duration_seconds"
#: Settings that are the role's, whatever a provider wants.
KEPT = ("enabled", "client_secret")


def grafana_dashboards(environment: str, objectives: Mapping[str, Any], interval: int) -> dict[str, dict[str, Any]]:
    """Return two dashboards: all services beside each other, and one service that is chosen.

    Args:
        environment: its name.
        objectives: what services promise, drawn as lines.
        interval: seconds between two readings.
    """
    services = _Page(f"{environment}: services", "slipway-services", interval)
    for title, unit, expression in _of_services():
        services.add(title, unit, {"{{service}}": expression})
    services.table("What fails an objective", 'ALERTS{alertstate="firing",objective!=""}')
    service = _Page(f"{environment}: service", "slipway-service", interval, variable="service")
    for title, unit, lines, limit in _of_service(objectives):
        service.add(title, unit, lines, limit)
    return {"services": services.model(), "service": service.model()}


def _of_services() -> list[tuple[str, str, str]]:
    every = f"sum by (service) (rate({TOTAL}[$__rate_interval]))"
    failed = f"sum by (service) (rate({TOTAL}{{{FAILED}}}[$__rate_interval]))"
    slowest = f"histogram_quantile(0.99, sum by (service, le) (rate({SECONDS}_bucket[$__rate_interval])))"
    return [
        ("Requests", "reqps", every),
        ("Failed requests", "percentunit", f"{failed} / {every}"),
        ("Latency p99", "s", slowest),
        ("Tasks that answer", "short", 'sum by (service) (up{job="services"})'),
        ("Memory", "bytes", 'sum by (service) (process_resident_memory_bytes{job="services"})'),
    ]


def _of_service(objectives: Mapping[str, Any]) -> list[tuple[str, str, dict[str, str], float | None]]:
    own = 'service="$service"'
    every = f"sum by (side) (rate({TOTAL}{{{own}}}[$__rate_interval]))"
    failed = f"sum by (side) (rate({TOTAL}{{{own},{FAILED}}}[$__rate_interval]))"
    buckets = f"sum by (le) (rate({SECONDS}_bucket{{{own}}}[$__rate_interval]))"
    percents = {f"p{100 * share:g}": f"histogram_quantile({share}, {buckets})" for share in (0.5, 0.95, 0.99)}
    available = objectives.get("availability")
    budget = None if available is None else round(1 - float(available) / 100, 6)
    codes = f"sum by (code) (rate({TOTAL}{{{own}}}[$__rate_interval]))"
    return [
        ("Requests by side", "reqps", {"{{side}}": every}, None),
        ("Requests by status", "reqps", {"{{code}}": codes}, None),
        ("Failed requests", "percentunit", {"{{side}}": f"{failed} / {every}"}, budget),
        ("Latency", "s", percents, float(objectives["seconds"])),
        ("Tasks that answer", "short", {"{{side}}": f"sum by (side) (up{{{own}}})"}, None),
        ("Versions", "short", {"{{version}}": f"count by (version) (app_info{{{own}}})"}, None),
        ("CPU", "short", {"{{side}}": f"sum by (side) (rate({CPU}{{{own}}}[$__rate_interval]))"}, None),
        ("Memory", "bytes", {"{{side}}": f"sum by (side) (process_resident_memory_bytes{{{own}}})"}, None),
        ("Events", "short", {"{{event}}": f"sum by (event) (rate(app_events_total{{{own}}}[$__rate_interval]))"}, None),
    ]


class _Page:
    """Panels, three in a row.

    Args:
        title: of the dashboard.
        name: of the dashboard in addresses.
        interval: seconds between two readings, and between two looks.
        variable: a label of which one value is chosen.
    """

    def __init__(self, title: str, name: str, interval: int, variable: str = "") -> None:
        self.title, self.name, self.interval, self.variable = title, name, interval, variable
        self.panels: list[Panel] = []

    def add(self, title: str, unit: str, lines: Mapping[str, str], limit: float | None = None) -> None:
        """Add a picture of lines over time, by how each is named, with a line at ``limit``."""
        steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
        custom: dict[str, Any] = {"fillOpacity": 10}
        if limit is not None:
            steps.append({"color": "red", "value": limit})
            custom["thresholdsStyle"] = {"mode": "line"}
        defaults = {"unit": unit, "min": 0, "custom": custom, "thresholds": {"mode": "absolute", "steps": steps}}
        targets = [_target(number, expression, legend) for number, (legend, expression) in enumerate(lines.items())]
        self._place("timeseries", title, targets, defaults)

    def table(self, title: str, expression: str) -> None:
        """Add a table of what holds now."""
        self._place("table", title, [{**_target(0, expression, ""), "instant": True, "format": "table"}], {})

    def _place(self, kind: str, title: str, targets: list[dict[str, Any]], defaults: dict[str, Any]) -> None:
        number = len(self.panels)
        row, column = divmod(number, COLUMNS // WIDTH)
        self.panels.append(
            {
                "id": number + 1,
                "type": kind,
                "title": title,
                "datasource": SOURCE,
                "gridPos": {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT},
                "fieldConfig": {"defaults": defaults, "overrides": []},
                "options": {},
                "targets": targets,
            }
        )

    def model(self) -> dict[str, Any]:
        """Return the dashboard's model."""
        return {
            "uid": self.name,
            "title": self.title,
            "schemaVersion": MODEL,
            "editable": False,
            "refresh": f"{max(30, self.interval)}s",
            "time": {"from": "now-3h", "to": "now"},
            "timezone": "browser",
            "tags": ["slipway"],
            "templating": {"list": [_chosen(self.variable)] if self.variable else []},
            "annotations": {"list": []},
            "panels": self.panels,
        }


def _target(number: int, expression: str, legend: str) -> dict[str, Any]:
    return {"refId": chr(ord("A") + number), "datasource": SOURCE, "expr": expression, "legendFormat": legend}


def _chosen(label: str) -> dict[str, Any]:
    query = f'label_values(up{{job="services"}}, {label})'
    return {
        "name": label,
        "label": label.capitalize(),
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"query": query, "refId": "values"},
        "refresh": 2,
        "sort": 1,
    }


def grafana_variables(oidc: Mapping[str, Any], domain: str, port: int) -> dict[str, Any]:
    """Return Grafana's settings as environment variables: nobody gets in without signing in.

    Args:
        oidc: settings of ``auth.generic_oauth``, empty for the administrator alone.
        domain: name that it is reached under.
        port: that it listens on.

    Raises:
        AnsibleFilterError: a setting is the role's.
    """
    if wrong := sorted(set(oidc) & set(KEPT)):
        raise AnsibleFilterError(
            f"grafana_variables: prometheus_grafana_oidc has {wrong[0]}, which the role sets; a client secret is given"
            " as prometheus_grafana_oidc_secret_arn"
        )
    provider = {f"GF_AUTH_GENERIC_OAUTH_{name.upper()}": value for name, value in oidc.items()}
    return {
        "GF_SERVER_HTTP_PORT": port,
        "GF_SERVER_DOMAIN": domain,
        "GF_SERVER_ROOT_URL": f"https://{domain}/",
        "GF_SERVER_ENFORCE_DOMAIN": False,  # the load balancer checks health by address
        "GF_PATHS_DATA": "/var/lib/grafana",
        "GF_PATHS_PROVISIONING": "/var/lib/grafana/provisioning",
        "GF_LOG_MODE": "console",
        "GF_AUTH_ANONYMOUS_ENABLED": False,
        "GF_AUTH_BASIC_ENABLED": True,
        "GF_USERS_ALLOW_SIGN_UP": False,
        "GF_USERS_ALLOW_ORG_CREATE": False,
        "GF_SECURITY_COOKIE_SECURE": True,
        "GF_SECURITY_DISABLE_GRAVATAR": True,
        "GF_SNAPSHOTS_EXTERNAL_ENABLED": False,
        "GF_ANALYTICS_REPORTING_ENABLED": False,
        "GF_ANALYTICS_CHECK_FOR_UPDATES": False,
        "GF_PLUGINS_PREINSTALL_DISABLED": True,
        **({"GF_AUTH_GENERIC_OAUTH_ENABLED": True, **provider} if oidc else {}),
    }


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"grafana_dashboards": grafana_dashboards, "grafana_variables": grafana_variables}
