"""Asks services over HTTPS as their users would, many requests at a time, and reports what was not as it should be."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.checks import Check, result
from ansible_collections.slipway.aws.plugins.plugin_utils.http_edge import Expected, answers, edge_checks
from ansible_collections.slipway.aws.plugins.plugin_utils.http_smoke import Step, Tally, smoke, step
from ansible_collections.slipway.aws.plugins.plugin_utils.parallel import side_by_side

ARGUMENTS = {
    "hosts": {"type": "list", "elements": "str", "required": True},
    "target": {"type": "str", "required": True},
    "repeat": {"type": "int", "default": 1},
    "concurrency": {"type": "int", "default": 8},
    "timeout": {"type": "float", "default": 10.0},
    "tls": {"type": "str", "choices": ["TLSv1.2", "TLSv1.3"], "default": "TLSv1.2"},
    "days_left": {"type": "int", "default": 30},
    "headers": {"type": "dict", "default": {}},
}
SHOWN = 5  # failures told a service


class Target(NamedTuple):
    """A service as its users reach it."""

    host: str
    url: str
    ready_path: str
    ready_status: int
    steps: list[Step]


class ActionModule(Acting):
    """Checks the origins of services, then runs their declared requests and counts."""

    arguments = ARGUMENTS
    _supports_check_mode = False  # the declared requests may write

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return checks, problems, and requests, failures and milliseconds by service."""
        declared = self.declared_by_hosts(options["target"], options["hosts"])
        targets = [_target(host, values) for host, values in declared.items()]
        found = side_by_side(lambda target: _verified(target, options), targets)
        services = {target.host: _summary(tally) for target, (_, tally) in zip(targets, found, strict=True)}
        return {**result(check for checks, _ in found for check in checks), "services": services}


def _target(host: str, declared: dict[str, Any]) -> Target:
    steps = [step(entry) for entry in declared["smoke"]]
    return Target(host, declared["url"], declared["ready_path"], int(declared["ready_status"]), steps)


def _verified(target: Target, options: dict[str, Any]) -> tuple[list[Check], Tally]:
    timeout = options["timeout"]
    expected = Expected(options["tls"], options["days_left"], options["headers"])
    checks = list(edge_checks(target.host, target.url, expected, timeout))
    checks.append(answers(target.host, target.url, target.ready_path, target.ready_status, timeout))
    if not target.steps:
        return checks, Tally()
    tally = smoke(
        target.url, target.steps, repeat=options["repeat"], concurrency=options["concurrency"], timeout=timeout
    )
    return [*checks, _requests(target, tally)], tally


def _requests(target: Target, tally: Tally) -> Check:
    told = "; ".join(dict.fromkeys(tally.failures[:SHOWN]))
    problem = f"{len(tally.failures)} of {tally.requests} failed: {told}" if tally.failures else ""
    return Check(target.host, "its declared requests are answered as declared", problem, sum(tally.seconds))


def _summary(tally: Tally) -> dict[str, Any]:
    return {
        "requests": tally.requests,
        "failures": len(tally.failures),
        "p50_ms": _percentile(tally.seconds, 50),
        "p95_ms": _percentile(tally.seconds, 95),
    }


def _percentile(seconds: list[float], percent: int) -> float | None:
    """Return the nearest-rank percentile in milliseconds, of no values ``None``."""
    if not seconds:
        return None
    return round(sorted(seconds)[math.ceil(len(seconds) * percent / 100) - 1] * 1000, 1)
