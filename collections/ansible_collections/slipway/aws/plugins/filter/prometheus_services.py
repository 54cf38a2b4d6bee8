"""Filter of the role prometheus: rules on what it reads services by, and on how long their slow answers take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

Entry = dict[str, Any]
#: Alarm of the role alarms and its share of the requests.
PERCENTILES = {"latency_p95": 0.95, "latency_p99": 0.99}
#: Minutes in which latencies are counted, and for which something must last before it rings.
COUNTED, LASTS = "5m", {"down": "5m", "gone": "5m", "slow": "2m"}
#: For how long a service that had tasks is missed.
MISSED = "1d"


def prometheus_service_rules(
    scraped: Iterable[Entry], shared: Mapping[str, Any], own: Mapping[str, Mapping[str, Any]], runbooks: str
) -> Entry:
    """Return rules that ring when tasks of a service cannot be read, when it has none left, and when it is slow.

    Services of the same limit share a rule, which rings for each by itself.

    Args:
        scraped: of P(slipway.aws.scraped_names#filter).
        shared: seconds by the names in PERCENTILES, and ``requests`` of five minutes below which they mean nothing.
        own: by service, its thresholds in place of the shared ones, as in ``service_alarms``; ``None`` for no rule.
        runbooks: where the runbooks are.
    """
    services = sorted({one["service"] for one in scraped})
    rules = [*_read(services), *_slow(services, shared, own)] if services else []
    for rule in rules:
        rule["annotations"]["runbook_url"] = f"{runbooks.rstrip('/')}/{rule['alert']}.md"
    return {"groups": [{"name": "services", "rules": rules}] if rules else []}


def _read(services: list[str]) -> list[Entry]:
    up = f'up{{job="services",{_chosen(services)}}}'
    return [
        _rule(
            "target_down",
            f"sum by (service) ({up} == bool 0) > 0",
            LASTS["down"],
            "{{ $value }} tasks of {{ $labels.service }} do not tell their metrics",
        ),
        _rule(
            "no_targets",
            f"count by (service) (present_over_time({up}[{MISSED}])) unless count by (service) ({up})",
            LASTS["gone"],
            "{{ $labels.service }} has no task left that could be asked for metrics",
        ),
    ]


def _slow(services: list[str], shared: Mapping[str, Any], own: Mapping[str, Mapping[str, Any]]) -> list[Entry]:
    alike: dict[tuple[str, float], list[str]] = {}
    for service in services:
        for name in PERCENTILES:
            seconds = {**shared, **own.get(service, {})}[name]
            if seconds is not None:
                alike.setdefault((name, float(seconds)), []).append(service)
    return [_percentile(name, seconds, some, shared["requests"]) for (name, seconds), some in sorted(alike.items())]


def _percentile(name: str, seconds: float, services: list[str], requests: int) -> Entry:
    of = f"{{{_chosen(services)}}}[{COUNTED}]"
    share = PERCENTILES[name]
    found = f"histogram_quantile({share:g}, sum by (service, le) (rate(http_request_duration_seconds_bucket{of})))"
    enough = f"sum by (service) (increase(http_request_duration_seconds_count{of})) >= {requests}"
    return _rule(
        name,
        f"{found} > {seconds:g} and {enough}",
        LASTS["slow"],
        f"{100 * (1 - share):.0f} of 100 requests to {{{{ $labels.service }}}} take longer than {seconds:g} s",
        {"limit": f"{seconds:g} s"},
    )


def _chosen(services: list[str]) -> str:
    return f'service=~"{"|".join(services)}"'


def _rule(
    alert: str, expression: str, lasts: str, summary: str, labels: Mapping[str, str] = MappingProxyType({})
) -> Entry:
    told = {"summary": summary}
    return {"alert": alert, "expr": expression, "for": lasts, "labels": dict(labels), "annotations": told}


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"prometheus_service_rules": prometheus_service_rules}
