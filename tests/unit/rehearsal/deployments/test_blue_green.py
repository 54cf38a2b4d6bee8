"""ECS's own strategies: full sets of tasks side by side, and traffic that moves between them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.rehearsal.deployments.alarms import set_alarm
from tests.unit.rehearsal.deployments.shop import Site
from tests.unit.rehearsal.tasks.conftest import wait

CANARY = {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 6}}
LINEAR = {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 40.0, "stepBakeTimeInMinutes": 4}}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


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
        site.update("1.0.0", strategy="BLUE_GREEN", bakeTimeInMinutes=0)
        site.until("SUCCESSFUL")
        assert site.weights() == {"blue": 100, "green": 0}
    assert not load.failures


def test_what_fails_its_health_checks_never_gets_a_request(site: Site) -> None:
    site.create()
    with site.load() as load:
        site.update("1.2.0-unhealthy", **BREAKER)
        rolled = site.until("ROLLBACK_SUCCESSFUL", seconds=40)
    assert set(load.versions) == {"1.0.0"}
    assert not load.failures
    assert rolled["lifecycleStage"] == "SCALE_UP"
    assert rolled["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert rolled["rollback"]["serviceRevisionArn"] == rolled["sourceServiceRevisions"][0]["arn"]
    service = site.service()
    assert service["taskDefinition"] == site.shop.tags["1.0.0"]
    assert [one["rolloutState"] for one in service["deployments"]] == ["COMPLETED"]


def _watching(name: str) -> dict[str, Any]:
    return {"alarms": {"alarmNames": [name], "enable": True, "rollback": True}, "bakeTimeInMinutes": 4}


def test_an_alarm_in_the_bake_time_rolls_back(site: Site) -> None:
    set_alarm(site.shop, site.name, "OK")
    site.create()
    with site.load() as load:
        site.update("1.1.0", **_watching(site.name))
        baking = site.until(stage="BAKE_TIME")
        assert baking["alarms"] == {"status": "MONITORING", "alarmNames": [site.name], "triggeredAlarmNames": []}
        set_alarm(site.shop, site.name, "ALARM")
        rolled = site.until("ROLLBACK_SUCCESSFUL")
        assert load.share("1.0.0", 50) == 1
    assert not load.failures
    assert rolled["alarms"]["triggeredAlarmNames"] == [site.name]
    assert rolled["rollback"]["reason"].endswith(site.name)
    assert site.weights() == site.weights(site.test) == {"blue": 100, "green": 0}


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
    return {"lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": [stage], "timeoutConfiguration": waits}]}


def test_a_pause_waits_until_it_is_continued(site: Site) -> None:
    site.create()
    arn = site.update("1.1.0", **_pause("POST_TEST_TRAFFIC_SHIFT"))
    (hook,) = site.until(stage="POST_TEST_TRAFFIC_SHIFT")["lifecycleHookDetails"]
    assert (hook["status"], hook["timeoutAction"]) == ("AWAITING_ACTION", "ROLLBACK")
    assert (site.get(site.port), site.get(site.test_port)) == ("1.0.0", "1.1.0")
    with pytest.raises(ClientError, match="not awaiting an action"):
        site.shop.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId="ecs-pause-none")
    site.shop.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=hook["hookId"])
    site.until("SUCCESSFUL")
    assert site.get(site.port) == "1.1.0"


def test_a_pause_before_each_step_of_a_canary_can_roll_back(site: Site) -> None:
    site.create()
    arn = site.update("1.1.0", **CANARY, **_pause("PRE_PRODUCTION_TRAFFIC_SHIFT"))
    shown = site.until(stage="PRE_PRODUCTION_TRAFFIC_SHIFT")
    first = shown["lifecycleHookDetails"][0]["hookId"]
    site.shop.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=first, action="CONTINUE")
    site.until(stage="PRODUCTION_TRAFFIC_SHIFT")
    again = site.until(stage="PRE_PRODUCTION_TRAFFIC_SHIFT")["lifecycleHookDetails"][0]["hookId"]
    assert (first == again, site.weights()) == (False, {"blue": 80, "green": 20})
    site.shop.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=again, action="ROLLBACK")
    site.until("ROLLBACK_SUCCESSFUL")
    assert site.weights() == {"blue": 100, "green": 0}


@pytest.mark.parametrize(("action", "status"), [("ROLLBACK", "ROLLBACK_SUCCESSFUL"), ("CONTINUE", "SUCCESSFUL")])
def test_a_pause_that_nobody_answers_ends_as_declared(site: Site, action: str, status: str) -> None:
    site.create()
    site.update("1.1.0", **_pause("PRE_SCALE_UP", 2, action))
    site.until(stage="PRE_SCALE_UP")
    site.until(status)


def test_a_deployment_that_is_stopped_goes_back(site: Site) -> None:
    site.create()
    with site.load() as load:
        arn = site.update("1.1.0", **CANARY)
        wait(lambda: site.weights()["green"] == 20, "no canary")
        site.shop.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
        rolled = site.until("ROLLBACK_SUCCESSFUL")
        assert load.share("1.0.0", 50) == 1
    assert not load.failures
    assert rolled["rollback"]["reason"] == "The deployment was stopped by a user."
    with pytest.raises(ClientError, match="cannot be stopped"):
        site.shop.ecs.stop_service_deployment(serviceDeploymentArn=arn)


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
