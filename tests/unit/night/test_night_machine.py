"""The state machine of the night: whole, and allowed to do what it does and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.night.machine import night_machine, night_permissions
from ansible_collections.slipway.aws.plugins.plugin_utils.night.states import SDK
from rehearsal.orchestration.hooks_stepfunctions import machines, states

MACHINE = night_machine({"table": "t", "cluster": "c", "database": "d", "prefix": "p-", "leases": ["web"]})
ARNS = {name: name for name in ("table", "database", "services", "targets", "alarms")}
SERVICES = {"applicationautoscaling": "application-autoscaling"}


def calls() -> set[str]:
    """Return the actions that the machine calls, as IAM has them."""
    made = {one["Resource"].removeprefix(f"{SDK}:") for _, one in states(MACHINE) if one["Type"] == "Task"}
    pairs = (one.split(":") for one in made)
    return {f"{SERVICES.get(service, service)}:{action[0].upper()}{action[1:]}" for service, action in pairs}


def ways(machine: dict[str, Any]) -> Iterator[str]:
    yield machine["StartAt"]
    for state in machine["States"].values():
        for way in (state, *state.get("Choices", []), *state.get("Catch", [])):
            yield from (way[key] for key in ("Next", "Default") if key in way)


def test_its_role_may_do_what_it_does_and_no_more() -> None:
    allowed = {action for one in night_permissions(ARNS)["Statement"] for action in one["Action"]}
    assert calls() == allowed


def test_only_lists_are_allowed_on_everything() -> None:
    wide = [one for one in night_permissions(ARNS)["Statement"] if one["Resource"] == "*"]
    assert {action.split(":")[1] for one in wide for action in one["Action"]} == {
        "DescribeAlarms",
        "DescribeScalableTargets",
        "ListServices",
    }


def test_every_state_is_led_to_and_has_a_name_of_its_own() -> None:
    for machine in machines(MACHINE):
        assert set(ways(machine)) == set(machine["States"])
    names = Counter(name for name, _ in states(MACHINE))
    assert [name for name, times in names.items() if times > 1] == []
    assert max(map(len, names)) <= 80


def test_no_path_filters() -> None:
    """What a filter that matches nothing gives is not the same everywhere."""
    assert "?(" not in str(MACHINE)
