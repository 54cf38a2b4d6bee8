"""The results of a converge task."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .cloud import Cloud
from .outcome import KEPT, UNCHANGED, Outcome, failures


def single_result(outcomes: list[Outcome], cloud: Cloud) -> dict[str, Any]:
    """Return the result of one list of resources; it failed when any of them did."""
    result = {**_common(outcomes, cloud), "resources": _told(outcomes)}
    broken = failures(outcomes)
    return {**result, "failed": True, "msg": "; ".join(broken)} if broken else result


def fleet_result(outcomes: list[Outcome], cloud: Cloud) -> dict[str, Any]:
    """Return the result for many hosts at once.

    The task itself does not fail when some hosts did, since a failed ``run_once`` ends the play for all: their names
    and reasons stand under ``failures`` for a task that fails just those hosts. ``told`` names all hosts of which there
    is something to tell.
    """
    broken = {host: "; ".join(failures(items)) for host, items in _by_host(outcomes).items() if failures(items)}
    changed = changes_by_host(outcomes)
    return {**_common(outcomes, cloud), "hosts": changed, "failures": broken, "told": sorted({*changed, *broken})}


def changes_by_host(outcomes: list[Outcome]) -> dict[str, list[dict[str, Any]]]:
    """Return what became of the resources of each host of which any changed, or would."""
    hosts = _by_host(outcomes)
    return {host: _told(items) for host, items in hosts.items() if any(item.changed for item in items)}


def _by_host(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    hosts: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        hosts[outcome.resource.host].append(outcome)
    return hosts


def _common(outcomes: list[Outcome], cloud: Cloud) -> dict[str, Any]:
    return {
        "changed": any(outcome.changed for outcome in outcomes),
        "diff": [outcome.as_diff() for outcome in outcomes if outcome.changed],
        "kept": kept_texts(outcomes),
        "warnings": [f"{outcome.resource}: {outcome.warning}" for outcome in outcomes if outcome.warning],
        "api_calls": sum(cloud.calls.values()),
    }


def kept_texts(outcomes: list[Outcome]) -> list[str]:
    """Return what a removal left standing, and why."""
    return [f"{outcome.resource}: {outcome.message}" for outcome in outcomes if outcome.action == KEPT]


def _told(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    return [outcome.as_result() for outcome in outcomes if outcome.action != UNCHANGED]
