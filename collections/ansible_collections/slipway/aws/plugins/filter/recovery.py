"""Filters of the roles that try out recovery."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.plugin_utils import failover
from ansible_collections.slipway.aws.plugins.plugin_utils.drill import report
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import plain


def restore_drill_report(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a restore drill found; see :func:`plugin_utils.drill.report`."""
    try:
        return report(plain(facts))
    except KeyError as error:
        raise AnsibleFilterError(
            f"restore_drill_report: {error} is missing; the drill ended before it was known"
        ) from error


def failover_report(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a failover took and lost; see :func:`plugin_utils.failover.report`."""
    try:
        return failover.report(plain(facts))
    except KeyError as error:
        raise AnsibleFilterError(f"failover_report: {error} is missing; the failover ended before that") from error


def chaos_experiments(
    names: Sequence[str],
    experiments: Mapping[str, Mapping[str, Any]],
    exceptions: Mapping[str, Mapping[str, str]],
    limits: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Return experiments as the module chaos takes them.

    Args:
        names: of those that are wanted, in this order.
        experiments: all that there are, each with ``hypothesis`` and ``template``.
        exceptions: by experiment, objectives that need not hold, each with its reason.
        limits: ``stop_percent``, ``stop_percents`` (by experiment) and ``alarms``.

    Raises:
        AnsibleFilterError: a name is none of them; the message has those there are.
    """
    for name in names:
        if name not in experiments:
            raise AnsibleFilterError(
                f"chaos_experiments: {name!r} is no experiment here; there are {', '.join(experiments)}"
            )
    return [_declared(name, experiments[name], exceptions.get(name, {}), limits) for name in names]


def _declared(
    name: str, experiment: Mapping[str, Any], exceptions: Mapping[str, str], limits: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "name": name,
        "template": experiment["template"]["tags"]["Name"],
        "hypothesis": experiment["hypothesis"],
        "exceptions": sorted(exceptions),
        "stop_percent": limits["stop_percents"].get(name, limits["stop_percent"]),
        "alarms": [] if "availability" in exceptions else list(limits["alarms"]),
    }


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "chaos_experiments": chaos_experiments,
            "failover_report": failover_report,
            "restore_drill_report": restore_drill_report,
        }
