"""Filters of the role prometheus: what Prometheus reads, and the alarms on objectives as its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.objectives import KINDS, RATES, most, promised, window

Entry = dict[str, Any]
#: Names by which each ECS service of an engine is found, in front of the service's own.
SIDES = {"weighted": ("blue", "green")}
SIDE = ("main",)
#: What answers with an error, as CloudWatch's alarm counts it.
FAILED = 'code=~"5.."'
#: Seconds at which services count latencies, as app/telemetry/exposition.py has them.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
#: Characters that a task definition may have: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
LONGEST, TASK_DEFINITION = 56_000, "64 KiB"


def scraped_names(engines: Mapping[str, str], ports: Mapping[str, int]) -> list[Entry]:
    """Return the ECS services that Prometheus asks for metrics: ``name``, ``service``, ``side`` and ``port`` of each.

    Args:
        engines: by service, how its versions are exchanged.
        ports: by service, the port that tells metrics, 0 for none.
    """
    return [
        {"name": f"{side}-{service}", "service": service, "side": side, "port": int(ports[service])}
        for service, engine in engines.items()
        if int(ports[service])
        for side in SIDES.get(engine, SIDE)
    ]


def prometheus_config(scraped: Iterable[Entry], namespace: str, settings: Mapping[str, Any]) -> Entry:
    """Return Prometheus's configuration.

    Args:
        scraped: of :func:`scraped_names`.
        namespace: of Cloud Map, whose DNS answers with the addresses of tasks.
        settings: ``environment``, ``interval`` in seconds, ``rules`` (a path), ``remote_write`` as Prometheus has it.
    """
    found = [{"names": [f"{one['name']}.{namespace}"], "type": "A", "port": one["port"]} for one in scraped]
    every = f"{settings['interval']}s"
    return {
        "global": {
            "scrape_interval": every,
            "scrape_timeout": f"{min(10, int(settings['interval']))}s",
            "evaluation_interval": every,
            "external_labels": {"environment": settings["environment"]},
        },
        "rule_files": [settings["rules"]],
        "scrape_configs": [
            {"job_name": "prometheus", "static_configs": [{"targets": ["localhost:9090"]}]},
            {
                "job_name": "services",
                "dns_sd_configs": [{**one, "refresh_interval": every} for one in found],
                "relabel_configs": [_named(namespace, "side", 1), _named(namespace, "service", 2)],
            },
        ],
        **({"remote_write": list(settings["remote_write"])} if settings["remote_write"] else {}),
    }


def _named(namespace: str, label: str, part: int) -> Entry:
    """Return how a label follows from the name that an address was found by."""
    return {
        "source_labels": ["__meta_dns_name"],
        "regex": rf"([a-z]+)-(.+)\.{namespace.replace('.', r'\.')}",
        "target_label": label,
        "replacement": f"${part}",
    }


def prometheus_rules(own: Mapping[str, Mapping[str, Any]], shared: Mapping[str, Any], runbooks: str) -> Entry:
    """Return the alarms of P(slipway.aws.objective_alarms#filter) as Prometheus's rules.

    Services that promise the same share their rules, each of which rings for a service by itself.

    Args:
        own: by service, what it promises in place of ``shared``.
        shared: objectives as the role alarms has them.
        runbooks: where the runbooks are.

    Raises:
        AnsibleFilterError: an objective is none, or its ``seconds`` are none that services count at.
    """
    alike: dict[tuple[Any, ...], list[str]] = {}
    for service, override in own.items():
        wanted = promised(service, override, shared)
        _check_seconds(service, wanted)
        for kind in KINDS:
            if wanted.get(kind) is not None:
                key = (kind, float(wanted[kind]), float(wanted["seconds"]), int(wanted["requests"]))
                alike.setdefault(key, []).append(service)
    rules = [_Promise(services, *key).rule(rate, runbooks) for key, services in alike.items() for rate in RATES]
    return {"groups": [{"name": "objectives", "rules": rules}] if rules else []}


def _check_seconds(service: str, wanted: Mapping[str, Any]) -> None:
    if wanted.get("latency") is not None and float(wanted["seconds"]) not in BUCKETS:
        raise AnsibleFilterError(
            f"prometheus_rules: objectives of {service} have seconds {wanted['seconds']}; services count latencies at"
            f" {', '.join(f'{one:g}' for one in BUCKETS)}, so Prometheus can judge by one of these only"
        )


class _Promise:
    """An objective that some services have.

    Args:
        services: their names.
        kind: availability or latency.
        percent: of the requests that are well.
        seconds: in which they are answered.
        requests: of a window below which a share means nothing.
    """

    def __init__(self, services: list[str], kind: str, percent: float, seconds: float, requests: int) -> None:
        self.kind, self.percent, self.seconds, self.requests = kind, percent, seconds, requests
        self.chosen = f'service=~"{"|".join(services)}"'

    def rule(self, rate: tuple[str, int, int, float], runbooks: str) -> Entry:
        """Return the rule of a rate, whose two windows count when both ring."""
        name, long, short, times = rate
        page = f"{self.kind}_{name}"
        share = most(times, self.percent) / 100
        what = f"In {window(long)} and {window(short)}, {self.kind} of {{{{ $labels.service }}}} fails {times:g} times"
        return {
            "alert": page,
            "expr": " and ".join(self._window(window(seconds), share) for seconds in (long, short)),
            "labels": {"objective": self.kind, "rate": name, "promise": self._promise()},
            "annotations": {
                "summary": f"{what} as often as {self.percent:g} % allow",
                "runbook_url": f"{runbooks.rstrip('/')}/{page}.md",
            },
        }

    def _promise(self) -> str:
        within = "" if self.kind == "availability" else f" in {self.seconds:g} s"
        return f"{self.percent:g} %{within}"

    def _window(self, time: str, share: float) -> str:
        total = f"http_request_duration_seconds_count{{{self.chosen}}}[{time}]"
        enough = f"sum by (service) (increase({total})) >= {self.requests}"
        return f"{self._share(time, total)} > {share:g} and {enough}"

    def _share(self, time: str, total: str) -> str:
        every = f"sum by (service) (rate({total}))"
        if self.kind == "availability":
            return f"sum by (service) (rate(http_requests_total{{{self.chosen},{FAILED}}}[{time}])) / {every}"
        quick = f'http_request_duration_seconds_bucket{{{self.chosen},le="{self.seconds}"}}[{time}]'
        return f"1 - sum by (service) (rate({quick})) / {every}"


def fitting(texts: Mapping[str, str], beside: Mapping[str, str]) -> dict[str, str]:
    """Return files of a container that a task definition carries, when it can.

    Args:
        texts: by the name of the environment variable.
        beside: those of the task's other containers.

    Raises:
        AnsibleFilterError: together they are too long.
    """
    sizes = {name: len(text.encode()) for name, text in {**texts, **beside}.items()}
    if sum(sizes.values()) > LONGEST:
        told = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise AnsibleFilterError(
            f"fitting: {told} bytes are more than the {LONGEST} that fit beside the rest in the {TASK_DEFINITION} of a"
            " task definition; set service_metrics_port to 0 for services that Prometheus need not watch"
        )
    return dict(texts)


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "fitting": fitting,
            "prometheus_config": prometheus_config,
            "prometheus_rules": prometheus_rules,
            "scraped_names": scraped_names,
        }
