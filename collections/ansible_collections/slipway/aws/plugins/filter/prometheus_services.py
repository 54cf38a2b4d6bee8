"""Filter of the role prometheus: rules on reading services, on their slow and failed answers, and on their tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from ansible_collections.slipway.aws.plugins.filter.prometheus import FAILED

Entry = dict[str, Any]
Limits = Mapping[str, Mapping[str, Any]]
#: Alarm of the role alarms and its share of the requests.
PERCENTILES = {"latency_p95": 0.95, "latency_p99": 0.99}
#: Minutes in which latencies are counted, and for which something must last before it rings.
COUNTED, LASTS = "5m", {"down": "5m", "gone": "5m", "slow": "2m", "failed": "2m", "used": "5m"}
#: Minutes of COUNTED, and those in which CPU is counted: two readings at least, if there is one a minute.
MINUTES, CPU_COUNTED = 5, "2m"
#: Alarms of the role alarms on tasks: CPU units of a second of CPU, and bytes of MiB.
TASKS = {"cpu": 1 / 1024, "memory": 2**20}
NAMED = {"cpu": "CPU", "memory": "memory"}
#: Whom a summary is about.
TASKS_OF = "The {{ $labels.side }} tasks of {{ $labels.service }}"
#: For how long a service that had tasks is missed.
MISSED = "1d"


def prometheus_service_rules(
    scraped: Iterable[Entry],
    shared: Mapping[str, Any],
    own: Mapping[str, Mapping[str, Any]],
    sizes: Mapping[str, Mapping[str, int]],
    runbooks: str,
) -> Entry:
    """Return rules that ring when a service cannot be read, has no task left, is slow, fails, or uses up its tasks.

    Services of the same limit share a rule, which rings for each by itself.

    Args:
        scraped: of P(slipway.aws.scraped_names#filter).
        shared: seconds by the names in PERCENTILES, and ``requests`` of five minutes below which they mean nothing;
            per cent as ``error_share``, and ``error_requests`` of a minute below which it means nothing; per cent by
            the names in TASKS.
        own: by service, its thresholds in place of the shared ones, as in ``service_alarms``; ``None`` for no rule.
        sizes: what a task has, by the names in TASKS and service: CPU units, and MiB.
        runbooks: where the runbooks are.
    """
    services = sorted({one["service"] for one in scraped})
    limits = {one: {**shared, **own.get(one, {})} for one in services}
    rules = [*_read(services), *_slow(limits), *_failed(limits), *_used(limits, sizes)] if services else []
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


def _alike(limits: Limits, name: str) -> list[tuple[float, list[str]]]:
    """Return the services of each limit that an alarm has; those without the alarm have none."""
    alike: dict[float, list[str]] = {}
    for service, own in limits.items():
        if own[name] is not None:
            alike.setdefault(float(own[name]), []).append(service)
    return sorted(alike.items())


def _slow(limits: Limits) -> list[Entry]:
    requests = next(iter(limits.values()))["requests"]
    return [_percentile(name, *one, requests) for name in PERCENTILES for one in _alike(limits, name)]


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


def _failed(limits: Limits) -> list[Entry]:
    requests = next(iter(limits.values()))["error_requests"]
    return [_error_share(*one, requests) for one in _alike(limits, "error_share")]


def _error_share(percent: float, services: list[str], requests: int) -> Entry:
    """Return the rule on each colour by itself, as CloudWatch's alarm is on each target group."""
    chosen = _chosen(services)
    failed = f"sum by (service, side) (increase(http_requests_total{{{chosen},{FAILED}}}[{COUNTED}]))"
    total = f"sum by (service, side) (increase(http_request_duration_seconds_count{{{chosen}}}[{COUNTED}]))"
    return _rule(
        "error_share",
        f"100 * {failed} / {total} > {percent:g} and {total} >= {MINUTES * int(requests)}",
        LASTS["failed"],
        f"{TASKS_OF} answer more than {percent:g} % of requests with 5xx",
        {"limit": f"{percent:g} %"},
    )


def _used(limits: Limits, sizes: Mapping[str, Mapping[str, int]]) -> list[Entry]:
    return [
        _share_used(name, percent, size, [one for one in services if sizes[name][one] == size])
        for name in TASKS
        for percent, services in _alike(limits, name)
        for size in sorted({sizes[name][one] for one in services})
    ]


def _share_used(name: str, percent: float, size: int, services: list[str]) -> Entry:
    """Return the rule on the average of a colour's tasks, as CloudWatch has it."""
    of = f"{{{_chosen(services)}}}"
    found = {
        "cpu": f"rate(process_cpu_seconds_total{of}[{CPU_COUNTED}])",
        "memory": f"process_resident_memory_bytes{of}",
    }[name]
    return _rule(
        name,
        f"100 * avg by (service, side) ({found}) / {int(size) * TASKS[name]:.10g} > {percent:g}",
        LASTS["used"],
        f"{TASKS_OF} use more than {percent:g} % of their {NAMED[name]}",
        {"limit": f"{percent:g} % of {int(size)}"},
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
