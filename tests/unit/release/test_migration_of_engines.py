"""What a migration between engines declares at each step, as Ansible renders it for a service that is live."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.plan import by_key, needs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse

ROOT = Path(__file__).parents[3]
RENDER = Path(__file__).with_name("render.py")


ENGINES = ("weighted", "ecs", "codedeploy", "rolling")
EXPERIMENT = ["__service_experiment", "__service_experiment_left", "__service_experiment_absent"]
LISTS = [f"__service_move_{step}" for step in ("start", "shift", "record", "retire")] + EXPERIMENT
#: Engines, the stable side, and the side on which what is new starts.
HOPS = [
    ("ecs", "weighted", "blue", "green"),
    ("ecs", "weighted", "green", "blue"),
    ("rolling", "weighted", "blue", "green"),
    ("weighted", "ecs", "blue", "green"),
    ("weighted", "ecs", "green", "blue"),
    ("weighted", "codedeploy", "green", "blue"),
    ("weighted", "rolling", "blue", "blue"),
    ("weighted", "rolling", "green", "blue"),
]
#: Engine on record, engine declared, stable side.
CASES = [hop[:3] for hop in HOPS] + [(engine, engine, "blue") for engine in ENGINES] + [("rolling", "ecs", "blue")]


@functools.cache
def everything() -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """Return all lists in all cases, rendered by one process."""
    asked = [(name, *case) for name in LISTS for case in CASES]
    requests = json.dumps([[name, facts(*case)] for name, *case in asked])
    run = subprocess.run(
        [sys.executable, RENDER], input=requests, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return dict(zip(asked, json.loads(run.stdout), strict=True))


def facts(made_with: str, engine: str, stable: str) -> dict[str, Any]:
    record = {"engine": made_with, "stable": stable, "revision": "web:7", "image_tag": "1.0.0", "digest": "sha256:1"}
    fact = {"state": "released", "digest": "sha256:1", "record": record}
    return {"service_engine": engine, "inventory_hostname": "web", "__service_facts": {"services": {"web": fact}}}


def rendered(name: str, made_with: str, engine: str, stable: str = "blue") -> list[dict[str, Any]]:
    found = everything()[name, made_with, engine, stable]
    needs(by_key([parse(one, {}, absent=False) for one in found]))  # refuses what a task would refuse
    return found


def by_name(resources: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {f"{one['type']}.{one['name']}": one for one in resources}


@pytest.mark.parametrize(("made_with", "engine", "here", "there"), HOPS)
def test_the_traffic_goes_where_the_new_tasks_are(made_with: str, engine: str, here: str, there: str) -> None:
    start = by_name(rendered("__service_move_start", made_with, engine, here))
    shift = by_name(rendered("__service_move_shift", made_with, engine, here))
    new = start[f"ecs_service.{there}" if engine == "weighted" else "ecs_service.main"]
    balancer = {**new["initial"], **new["properties"]}["loadBalancers"][0]
    assert balancer["targetGroupArn"] == f"${{elbv2_target_group.{there}.TargetGroupArn}}"
    assert new["properties"]["WaitStable"] is True
    assert new["initial"]["taskDefinition"] == "web:7"
    groups = shift["elbv2_listener_rule.https"]["properties"]["Actions"][0]["ForwardConfig"]["TargetGroups"]
    weights = {group["TargetGroupArn"].split(".")[1]: group["Weight"] for group in groups}
    assert weights == {there: 999, {"blue": "green", "green": "blue"}[there]: 0}


@pytest.mark.parametrize(("made_with", "engine", "here", "there"), HOPS)
def test_as_many_tasks_start_as_serve(made_with: str, engine: str, here: str, there: str) -> None:
    start = by_name(rendered("__service_move_start", made_with, engine, here))
    old = "main" if engine == "weighted" else here
    new = there if engine == "weighted" else "main"
    assert f"ecs_service.{old}" in start
    assert start[f"ecs_service.{new}"]["properties"]["desiredCount"] == f"${{ecs_service.{old}.desiredCount}}"


def test_both_target_groups_stand_behind_both_rules_before_anything_starts() -> None:
    start = by_name(rendered("__service_move_start", "rolling", "weighted"))
    both = [f"${{elbv2_target_group.{colour}.TargetGroupArn}}" for colour in ("blue", "green")]
    for rule in ("https", "test"):
        assert start[f"elbv2_listener_rule.{rule}"]["properties"]["ForwardTo"] == both
    assert "elbv2_listener_rule.https" in start["ecs_service.green"]["depends_on"]


def test_ecs_finds_its_other_target_group() -> None:
    new = by_name(rendered("__service_move_start", "weighted", "ecs", "green"))["ecs_service.main"]
    advanced = new["initial"]["loadBalancers"][0]["advancedConfiguration"]
    assert advanced["alternateTargetGroupArn"] == "${elbv2_target_group.green.TargetGroupArn}"
    assert new["initial"]["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"


@pytest.mark.parametrize(("made_with", "engine", "to"), [("rolling", "ecs", "weighted"), ("weighted", "ecs", "ecs")])
def test_two_single_ones_go_through_a_pair(made_with: str, engine: str, to: str) -> None:
    (record,) = rendered("__service_move_record", made_with, engine)
    assert record["properties"]["Item"] == {
        "engine": to, "stable": "green", "revision": "web:7", "image_tag": "1.0.0", "digest": "sha256:1"
    }  # fmt: skip


def test_what_the_engine_does_not_have_is_removed_and_nothing_else() -> None:
    def gone(engine: str) -> set[str]:
        retired = rendered("__service_move_retire", engine, engine)
        return {f"{one['type']}.{one['name']}" for one in retired if one.get("state") == "absent"}

    codedeploy = {"codedeploy_application.main", "iam_role.codedeploy"}
    pair = {
        "ecs_service.blue",
        "ecs_service.green",
        "ssm_parameter.blue_ecs_service",
        "ssm_parameter.green_ecs_service",
    }
    assert gone("weighted") == {"ecs_service.main", "iam_role.infrastructure"} | codedeploy
    assert gone("ecs") == pair | codedeploy
    assert gone("codedeploy") == pair | {"iam_role.infrastructure"}
    green = {"elbv2_target_group.green", "elbv2_listener_rule.test"}
    assert gone("rolling") >= pair | codedeploy | green


@pytest.mark.parametrize("engine", ENGINES)
def test_variants_get_requests_only_when_their_tasks_are_healthy_and_never_anybody_elses(engine: str) -> None:
    found = by_name(rendered("__service_experiment", engine, engine))
    rules = {name: found[f"elbv2_listener_rule.https-{name}"] for name in ("a", "b")}
    for name, rule in rules.items():
        assert rule["depends_on"] == ["ecs_service.variant-a", "ecs_service.variant-b"]
        assert rule["properties"]["Priority"] < 100
        host, header = rule["properties"]["Conditions"]
        assert host["HostHeaderConfig"]["Values"] == ["web.dev.example.com"]
        assert header["HttpHeaderConfig"] == {"HttpHeaderName": "X-Variant", "Values": [name]}
        assert found[f"ecs_service.variant-{name}"]["properties"]["WaitStable"] is True
    assert rules["a"]["properties"]["Priority"] != rules["b"]["properties"]["Priority"]
    assert found["ecs_service.variant-a"]["properties"]["taskDefinition"] == "web:7"
    assert (
        found["ecs_service.variant-b"]["properties"]["taskDefinition"]
        == "${ecs_task_definition.main.taskDefinitionArn}"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_of_an_experiment_stays(engine: str) -> None:
    made = by_name(rendered("__service_experiment", engine, engine)).keys() - {"ecs_task_definition.main"}
    left, absent = (by_name(rendered(f"__service_experiment_{name}", engine, engine)) for name in ("left", "absent"))
    gone = {name for part in (left, absent) for name, one in part.items() if one.get("state") == "absent"}
    assert gone == made


def test_a_service_goes_before_the_role_that_shifts_its_traffic() -> None:
    retired = rendered("__service_move_retire", "weighted", "weighted")
    order = needs(by_key([parse(one, {}, absent=False) for one in retired]))
    assert ("iam_role", "infrastructure") in order["ecs_service", "main"]
