"""ECS's own strategies: full sets of tasks side by side, and traffic that moves between them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.rehearsal.deployments.alarms import set_alarm
from tests.unit.rehearsal.deployments.shop import Shop, Site
from tests.unit.rehearsal.tasks.conftest import wait

CANARY = {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 6}}
LINEAR = {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 40.0, "stepBakeTimeInMinutes": 4}}
BREAKER: dict[str, Any] = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@pytest.fixture(scope="module")
def standing(shop: Shop) -> Site:
    """Return a service that the tests leave as it was: version 1.0.0 in blue."""
    one = Site(shop)
    one.create()
    return one


def test_blue_green_moves_all_requests_at_once_and_drops_none(site: Site) -> None:
    site.create(2)
    assert site.weights() == {"blue": 100, "green": 0}
    with site.load() as load:
        site.update("1.1.0", bakeTimeInMinutes=3)
        shown = site.until(stage="BAKE_TIME")
        assert site.weights() == site.weights(site.test) == {"blue": 0, "green": 100}
        assert shown["targetServiceRevision"]["requestedProductionTrafficWeight"] == 100
        assert shown["sourceServiceRevisions"][0]["runningTaskCount"] == 2
        assert site.service()["runningCount"] == 4
        done = site.until("SUCCESSFUL")
        assert load.share("1.1.0", 50) == 1
    assert not load.failures
    assert load.versions["1.0.0"] > 20
    assert done["lifecycleStage"] == "CLEAN_UP"
    service = site.service()
    assert (service["runningCount"], len(service["deployments"])) == (2, 1)
    revision = done["targetServiceRevision"]["arn"]
    (described,) = site.shop.ecs.describe_service_revisions(serviceRevisionArns=[revision])["serviceRevisions"]
    used = described["resolvedConfiguration"]["loadBalancers"]
    assert used == [{"targetGroupArn": site.green, "productionListenerRule": site.production}]
    assert described["loadBalancers"][0]["targetGroupArn"] == site.blue


def test_a_canary_gets_its_share_first(site: Site) -> None:
    site.create()
    with site.load() as load:
        site.update("1.1.0", **CANARY)
        wait(lambda: site.weights() == {"blue": 80, "green": 20}, "no canary")
        assert 0.1 < load.share("1.1.0") < 0.3  # 99.9 % of all samples of 200 requests at 20 %
        site.until("SUCCESSFUL")
        assert load.share("1.1.0", 50) == 1
    assert not load.failures


def test_linear_steps_are_equal_and_the_next_deployment_comes_back_to_blue(site: Site) -> None:
    site.create()
    seen: list[dict[str, int]] = []

    def done() -> bool:
        now = site.weights()
        if now not in seen[-1:]:
            seen.append(now)
        return bool(site.newest()["status"] == "SUCCESSFUL")

    with site.load() as load:
        site.update("1.1.0", **LINEAR)
        wait(done, "not done", 30)
        assert [one["green"] for one in seen] == [0, 40, 80, 100]
        site.update("1.0.0")
        site.until("SUCCESSFUL")
        assert site.weights() == {"blue": 100, "green": 0}
    assert not load.failures


def test_what_fails_its_health_checks_never_gets_a_request(standing: Site) -> None:
    with standing.load() as load:
        standing.update("1.2.0-unhealthy", **BREAKER)
        rolled = standing.until("ROLLBACK_SUCCESSFUL", seconds=40)
    assert set(load.versions) == {"1.0.0"}
    assert not load.failures
    assert rolled["lifecycleStage"] == "SCALE_UP"
    assert rolled["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert rolled["rollback"]["serviceRevisionArn"] == rolled["sourceServiceRevisions"][0]["arn"]
    service = standing.service()
    assert service["taskDefinition"] == standing.shop.tags["1.0.0"]
    assert [one["rolloutState"] for one in service["deployments"]] == ["COMPLETED"]


def _watching(name: str) -> dict[str, Any]:
    return {"alarms": {"alarmNames": [name], "enable": True, "rollback": True}, "bakeTimeInMinutes": 4}


def test_an_alarm_in_the_bake_time_rolls_back(standing: Site) -> None:
    set_alarm(standing.shop, standing.name, "OK")
    with standing.load() as load:
        standing.update("1.1.0", **_watching(standing.name))
        baking = standing.until(stage="BAKE_TIME")
        assert baking["alarms"] == {"status": "MONITORING", "alarmNames": [standing.name], "triggeredAlarmNames": []}
        set_alarm(standing.shop, standing.name, "ALARM")
        rolled = standing.until("ROLLBACK_SUCCESSFUL")
        assert load.share("1.0.0", 50) == 1
    assert not load.failures
    assert rolled["alarms"]["triggeredAlarmNames"] == [standing.name]
    assert rolled["rollback"]["reason"].endswith(standing.name)
    assert standing.weights() == standing.weights(standing.test) == {"blue": 100, "green": 0}


def test_an_alarm_that_rings_already_is_ignored(site: Site) -> None:
    set_alarm(site.shop, site.name, "ALARM")
    site.create()
    site.update("1.1.0", **_watching(site.name))
    set_alarm(site.shop, site.name, "OK")
    site.until(stage="BAKE_TIME")
    set_alarm(site.shop, site.name, "ALARM")
    done = site.until("SUCCESSFUL")
    assert done["alarms"]["status"] == "DISABLED"


def _pause(stage: str, minutes: int = 1440, action: str = "ROLLBACK") -> dict[str, Any]:
    waits = {"timeoutInMinutes": minutes, "action": action}
    return {"targetType": "PAUSE", "lifecycleStages": [stage], "timeoutConfiguration": waits}


def test_a_pause_waits_until_it_is_continued_by_its_time_out_or_by_a_call(site: Site) -> None:
    site.create()
    hooks = [_pause("PRE_SCALE_UP", 1, "CONTINUE"), _pause("POST_TEST_TRAFFIC_SHIFT")]
    arn = site.update("1.1.0", lifecycleHooks=hooks)
    site.until(stage="PRE_SCALE_UP")
    (hook,) = site.until(stage="POST_TEST_TRAFFIC_SHIFT")["lifecycleHookDetails"]
    assert (hook["status"], hook["timeoutAction"]) == ("AWAITING_ACTION", "ROLLBACK")
    assert (site.get(site.port), site.get(site.test_port)) == ("1.0.0", "1.1.0")
    with pytest.raises(ClientError, match="not awaiting an action"):
        site.shop.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId="ecs-pause-none")
    site.shop.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=hook["hookId"])
    site.until("SUCCESSFUL")
    assert site.get(site.port) == "1.1.0"


def test_a_pause_that_nobody_answers_rolls_back(standing: Site) -> None:
    standing.update("1.1.0", lifecycleHooks=[_pause("PRE_SCALE_UP", 1)])
    rolled = standing.until("ROLLBACK_SUCCESSFUL")
    assert rolled["lifecycleStage"] == "PRE_SCALE_UP"


def test_a_pause_before_each_step_of_a_canary_can_roll_back(standing: Site) -> None:
    arn = standing.update("1.1.0", **CANARY, lifecycleHooks=[_pause("PRE_PRODUCTION_TRAFFIC_SHIFT")])
    shown = standing.until(stage="PRE_PRODUCTION_TRAFFIC_SHIFT")
    first = shown["lifecycleHookDetails"][0]["hookId"]
    standing.shop.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=first, action="CONTINUE")
    standing.until(stage="PRODUCTION_TRAFFIC_SHIFT")
    again = standing.until(stage="PRE_PRODUCTION_TRAFFIC_SHIFT")["lifecycleHookDetails"][0]["hookId"]
    assert (first == again, standing.weights()) == (False, {"blue": 80, "green": 20})
    standing.shop.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=again, action="ROLLBACK")
    standing.until("ROLLBACK_SUCCESSFUL")
    assert standing.weights() == {"blue": 100, "green": 0}


def test_a_deployment_that_is_stopped_goes_back(standing: Site) -> None:
    with standing.load() as load:
        arn = standing.update("1.1.0", **CANARY)
        wait(lambda: standing.weights()["green"] == 20, "no canary")
        standing.shop.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
        rolled = standing.until("ROLLBACK_SUCCESSFUL")
        assert load.share("1.0.0", 50) == 1
    assert not load.failures
    assert rolled["rollback"]["reason"] == "The deployment was stopped by a user."
    with pytest.raises(ClientError, match="cannot be stopped"):
        standing.shop.ecs.stop_service_deployment(serviceDeploymentArn=arn)


def test_a_newer_deployment_replaces_one_in_the_middle(site: Site) -> None:
    site.create()
    with site.load() as load:
        first = site.update("1.1.0", **CANARY)
        wait(lambda: site.weights()["green"] == 20, "no canary")
        site.update("1.0.0")
        assert site.shown(first)["status"] == "STOPPED"
        site.until(stage="SCALE_UP")
        assert site.weights() == {"blue": 100, "green": 0}
        site.until("SUCCESSFUL", seconds=30)
    assert not load.failures
    assert site.weights() == {"blue": 0, "green": 100}


def test_a_role_that_may_not_shift_traffic_ends_in_a_rollback(standing: Site) -> None:
    iam, policy = standing.shop.iam, {"RoleName": f"{standing.shop.prefix}-shifting", "PolicyName": "own"}
    document = iam.get_role_policy(**policy)["PolicyDocument"]
    iam.delete_role_policy(**policy)
    standing.update("1.1.0")
    rolled = standing.until("ROLLBACK_SUCCESSFUL")
    iam.put_role_policy(**policy, PolicyDocument=json.dumps(document))
    assert "not authorized to perform: elasticloadbalancing:ModifyRule" in rolled["rollback"]["reason"]
    assert standing.get(standing.port) == "1.0.0"
