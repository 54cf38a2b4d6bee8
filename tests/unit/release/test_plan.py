"""The plan of a release, and the small sums in it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer

from ansible_collections.slipway.aws.plugins.plugin_utils.records import stored
from ansible_collections.slipway.aws.plugins.plugin_utils.release.cost import extra_cost, task_hour, tasks_beside
from ansible_collections.slipway.aws.plugins.plugin_utils.release.difference import difference
from ansible_collections.slipway.aws.plugins.plugin_utils.release.packing import LOOKS, packed, thinned, unpacked
from ansible_collections.slipway.aws.plugins.plugin_utils.release.plan import Known, plan_lines
from tests.unit.release.entries import VERSIONS, ended
from tests.unit.release.specs import a_spec

#: DynamoDB's limit of an item.
LIMIT = 400_000


def entry(requests: int = 1200) -> dict[str, Any]:
    counts = {"requests": requests, "errors": requests // 200, "slow": 0}
    samples = [{"minute": one, "stable": counts, "candidate": dict.fromkeys(counts, 0)} for one in range(60)]
    return {"stable": "blue", "count": 4, "samples": samples, "floor": 0, "findings": [], **VERSIONS}


def plan(known: Known | None = None, requests: int = 1200, **other: Any) -> str:
    return "\n".join(plan_lines(a_spec(**other), entry(requests), known or Known()))


def test_it_says_what_where_how_long_and_what_can_be_seen() -> None:
    told = plan(Known(task_hour=0.02, rings={"a": 240, "b": 420}, in_flight=30))
    for part in (
        "web 1.1.0 -> 1.2.0  in green, 1.1.0 is stable in blue with 4 tasks",
        "1200 requests a minute, 0.50 % of them fail, 0.00 % are slow",
        "an equally good version goes back in 5 % of releases at most",
        "step 1: 10 % for 5m00s on 1 tasks (0.4 times the load of a task now), 600 requests; finds failures of",
        "takes 15 to 45 minutes",
        "costs 0.01 to 0.04 US dollars",
        "2m30s by the verdict, an alarm after 4m00s",
        "requests in flight get 30 s",
        "migration: none",
    ):
        assert part in told, f"{part}\n{told}"


def test_it_says_how_far_the_way_back_leads() -> None:
    told = "\n".join(plan_lines(a_spec(), {**entry(), "floor": 7}, Known()))
    assert "gives 1.1.0 everything again; older ones than release 7 do not fit the database any more" in told
    assert "do not fit" not in plan()


def test_it_says_what_slowness_is_found_beside_failures() -> None:
    told = re.findall(r"finds failures of ([\d.]+) % and more, slowness of ([\d.]+) % and more", plan())
    assert len(told) == 3
    assert all(0.5 < float(failures) < 10 and 0 < float(slow) < 10 for failures, slow in told)
    assert "no slowness" in plan(policy={"slow_share": 0})


def test_what_is_the_same_at_least_and_at_most_is_told_once() -> None:
    told = plan(extend_minutes=0, bake_minutes=3)
    assert "takes 9 minutes beside" in told
    assert "costs less than 0.01 US dollars" in told


@pytest.mark.parametrize(("steps", "told"), [([10, 20], True), ([10, 100], False)])
def test_a_jump_to_everything_is_told(steps: list[float], told: bool) -> None:
    assert ("then all of it: from 20 % to 100 % at once" in plan(steps=steps)) == told


@pytest.mark.parametrize(
    ("requests", "more", "told"),
    [
        (
            100,
            {},
            "blind: 50 requests are too few to judge by; it takes 10 minutes to see, and the step is extended to 15",
        ),
        (
            20,
            {},
            "blind: 10 requests are too few to judge by; it takes 50 minutes to see; after 15 the release goes back",
        ),
        (
            20,
            {"unclear": "promote"},
            "it takes 50 minutes to see; after 15 the release goes on, as release_unclear says",
        ),
        (0, {}, "blind: 0 requests are too few to judge by; no bake of a week can; after 15 the release goes back"),
    ],
    ids=["extended", "goes back", "goes on", "never"],
)
def test_where_it_is_blind_it_says_how_long_it_takes_to_see(requests: int, more: dict[str, Any], told: str) -> None:
    assert told in plan(requests=requests, **more)


def test_it_names_each_alarm_and_how_it_stands() -> None:
    told = plan(Known(alarms={"a": "OK, has data in the last hour"}), alarms=["a", "b"])
    assert "  alarm a: OK, has data in the last hour\n  alarm b: not there\n" in told
    assert "no alarm is checked: release_alarms is empty" in plan()


def test_it_says_why_it_may_not_begin_and_what_is_left_over() -> None:
    told = plan(Known(problems=["alarm x rings"], leftovers=["2 tasks of green"]))
    assert "refused: alarm x rings" in told
    assert "left over: 2 tasks of green; playbooks/release_clean.yml removes it" in told


def test_it_says_whom_it_asks_and_what_the_migration_means() -> None:
    told = plan(gates=["50"], gate_minutes=30, migration="contract", contract_from="1.1.0")
    assert "asks before 50 %: promote.yml goes on; rollback after 30 minutes" in told
    assert "migration: contract, for versions from 1.1.0 on, after a snapshot of the database" in told
    assert "snapshot" not in plan(migration="expand")


def test_costs() -> None:
    hour = task_hour({"cpu": "512", "memory": "2048"}, {"vcpu_hour": 0.04, "gib_hour": 0.005})
    assert hour == pytest.approx(0.03)
    assert extra_cost([(30, 2), (60, 1)], hour) == pytest.approx(0.06)
    assert task_hour({"cpu": "512", "memory": "2048"}, {}) == 0


@pytest.mark.parametrize(
    ("engine", "strategy", "steps", "told"),
    [
        ("weighted", "canary", [10, 50, 100], "costs 0.58 to 1.75 US dollars"),
        ("ecs", "canary", [10, 100], "costs 0.67 to 2.00 US dollars"),
        ("codedeploy", "blue_green", [100], "costs 0.33 to 1.00 US dollars"),
        ("rolling", "rolling", [100], "costs 0.17 to 0.50 US dollars"),
    ],
)
def test_a_plan_counts_the_tasks_that_the_engine_really_runs(
    engine: str, strategy: str, steps: list[int], told: str
) -> None:
    """By weights 1, 2 and 4 beside four, by blue/green four, rolling the two that 150 % allow, for 5 to 15 minutes."""
    known = Known(task_hour=1, maximum_percent=150)
    assert told in plan(known, engine=engine, strategy=strategy, steps=steps)


def test_a_rolling_deployment_without_room_for_more_tasks_costs_nothing() -> None:
    assert [tasks_beside("rolling", 3, percent) for percent in (100, 133, 134, 200)] == [0, 0, 1, 3]


def test_differences_are_told_by_name_and_without_what_aws_adds() -> None:
    before = {"revision": 7, "cpu": "256", "containerDefinitions": [{"name": "web", "environment": []}]}
    environment = [{"name": "LOG", "value": "debug"}]
    after = {"revision": 8, "cpu": "512", "containerDefinitions": [{"name": "web", "environment": environment}]}
    assert difference(before, after) == [
        "- containerDefinitions[web].environment: []",
        "+ containerDefinitions[web].environment[LOG].name: LOG",
        "+ containerDefinitions[web].environment[LOG].value: debug",
        "- cpu: 256",
        "+ cpu: 512",
    ]
    assert difference(before, {**before, "revision": 9}) == []


def test_a_journal_comes_back_as_it_was_written() -> None:
    whole = ended("rolled back", 0.04)
    item = {name: TypeDeserializer().deserialize(stored(value)) for name, value in packed(whole).items()}
    assert json.loads(json.dumps(unpacked(item), default=float)) == whole


def test_a_day_of_samples_and_looks_fits_into_an_item() -> None:
    whole = ended()
    looks: list[dict[str, Any]] = []
    for one in range(2880):
        looks = thinned([*looks, {**whole["looks"][one % len(whole["looks"])], "at": float(one)}])
    assert len(looks) <= LOOKS
    assert looks[-1]["at"] == 2879
    assert looks[0]["at"] == 0
    minutes = [{**one, "minute": number} for number in range(96) for one in whole["samples"]]
    item = packed({**whole, "looks": looks, "samples": minutes[:1440], "step_samples": minutes[:1440]})
    assert sum(len(value) for value in item.values() if isinstance(value, bytes)) < LIMIT / 2
