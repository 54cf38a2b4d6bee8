"""Services on load balancers: each knows its own, and none carries more than AWS lets it."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_load_balancers import load_balancer_problems


def _listed(count: int, **more: Any) -> dict[str, Any]:
    return {f"s{number}": {"priority": number, **more} for number in range(1, count + 1)}


def test_a_load_balancer_carries_45_services() -> None:
    (found,) = load_balancer_problems(_listed(46), ["main"])
    assert found.startswith("load balancer main has 46 services; it carries at most 45")
    assert found.endswith("load_balancer: a new one, added at the end of load_balancers")
    assert not list(load_balancer_problems(_listed(45), ["main"]))


def test_one_with_room_is_named() -> None:
    (found,) = load_balancer_problems(_listed(47), ["main", "second"])
    assert found.endswith("give 2 of them environment_services.<service>.load_balancer: second, which has room")


def test_services_that_name_another_one_do_not_count() -> None:
    other = {f"t{number}": {"load_balancer": "second"} for number in range(45)}
    assert not list(load_balancer_problems(_listed(45) | other, ["main", "second"]))


def test_an_unknown_one_is_refused() -> None:
    (found,) = load_balancer_problems(_listed(1, load_balancer="third"), ["main", "second"])
    assert found == "environment_services.s1.load_balancer is 'third'; load_balancers has main, second"


def test_none_and_twice_the_same_are_refused() -> None:
    for balancers in ([], ["main", "main"]):
        assert next(load_balancer_problems(_listed(1), balancers)).startswith(f"load_balancers is {balancers}")
