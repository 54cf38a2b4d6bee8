"""CodeDeploy for ECS: task sets, waits, and traffic by the deployment's configuration."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from rehearsal.codedeploy import engine
from tests.unit.rehearsal.deployments.alarms import set_alarm
from tests.unit.rehearsal.deployments.shop import Shop, Site, blue_green
from tests.unit.rehearsal.tasks.conftest import wait

EVENTS = [
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "AllowTestTraffic",
    "AfterAllowTestTraffic",
    "BeforeAllowTraffic",
    "AllowTraffic",
    "AfterAllowTraffic",
]
ON_ALL = {
    "enabled": True,
    "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
}


@pytest.fixture(scope="module")
def standing(shop: Shop) -> Site:
    """Return a service that the tests leave as it was: version 1.0.0 in blue, rolled back whatever happens."""
    one = Site(shop)
    one.create_group(autoRollbackConfiguration=ON_ALL)
    return one


def test_all_at_once_drops_nothing_and_ends_the_old_task_set_after_its_wait(site: Site) -> None:
    site.create_group(2, blueGreenDeploymentConfiguration=blue_green(termination=600))
    with site.load() as load:
        one = site.deploy("1.1.0")
        with pytest.raises(ClientError, match="already has an active Deployment"):
            site.deploy("1.0.0")
        wait(lambda: site.weights() == {"blue": 0, "green": 100}, "not shifted")
        sets = site.target(one)["taskSetsInfo"]
        assert [(row["taskSetLabel"], row["trafficWeight"]) for row in sets] == [("Blue", 0), ("Green", 100)]
        wait(
            lambda: site.shop.codedeploy.get_deployment(deploymentId=one)["deploymentInfo"][
                "instanceTerminationWaitTimeStarted"
            ],
            "no wait",
        )
        service = site.service()
        assert sorted(row["status"] for row in service["taskSets"]) == ["ACTIVE", "PRIMARY"]
        assert (service["deployments"], service["taskDefinition"]) == ([], site.shop.tags["1.1.0"])
        site.shop.codedeploy.continue_deployment(deploymentId=one, deploymentWaitType="TERMINATION_WAIT")
        site.deployed(one, "Succeeded")
        assert load.share("1.1.0", 50) == 1
    assert not load.failures
    target = site.target(one)
    assert [event["lifecycleEventName"] for event in target["lifecycleEvents"]] == EVENTS
    assert {event["status"] for event in target["lifecycleEvents"]} == {"Succeeded"}
    assert [row["status"] for row in site.service()["taskSets"]] == ["PRIMARY"]


def test_a_canary_gets_its_share_and_a_stop_gives_it_back(standing: Site) -> None:
    with standing.load() as load:
        one = standing.deploy("1.1.0", deploymentConfigName="CodeDeployDefault.ECSCanary10Percent15Minutes")
        wait(lambda: standing.weights() == {"blue": 90, "green": 10}, "no canary")
        assert 0.01 < load.share("1.1.0") < 0.2  # 99.9 % of all samples of 200 requests at 10 %
        standing.shop.codedeploy.stop_deployment(deploymentId=one, autoRollbackEnabled=True)
        stopped = standing.deployed(one, "Stopped")
        undoing = standing.deployed(stopped["rollbackInfo"]["rollbackDeploymentId"], "Succeeded")
        assert load.share("1.0.0", 50) == 1
    assert not load.failures
    assert undoing["creator"] == "codeDeployRollback"
    assert undoing["rollbackInfo"]["rollbackTriggeringDeploymentId"] == one
    assert standing.service()["taskDefinition"] == standing.shop.tags["1.0.0"]


def test_linear_steps_of_a_custom_configuration(site: Site) -> None:
    routing = {"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 40, "linearInterval": 3}}
    site.shop.codedeploy.create_deployment_config(
        deploymentConfigName=site.name, computePlatform="ECS", trafficRoutingConfig=routing
    )
    site.create_group()
    seen = [site.weights()]

    def done() -> bool:
        if site.weights() not in seen[-1:]:
            seen.append(site.weights())
        return bool(site.shop.codedeploy.get_deployment(deploymentId=one)["deploymentInfo"]["status"] == "Succeeded")

    with site.load() as load:
        one = site.deploy("1.1.0", deploymentConfigName=site.name)
        wait(done, "not done", 30)
    assert [weights["green"] for weights in seen[-3:]] == [40, 80, 100]
    assert not load.failures


def test_what_never_gets_healthy_gets_no_request(standing: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "STEADY_WITHIN", 300)
    with standing.load() as load:
        one = standing.deploy("1.2.0-unhealthy")
        failed = standing.deployed(one, "Failed")
        standing.deployed(failed["rollbackInfo"]["rollbackDeploymentId"], "Succeeded")
    assert set(load.versions) == {"1.0.0"}
    assert not load.failures
    assert failed["errorInformation"]["code"] == "TIMEOUT"
    events = {event["lifecycleEventName"]: event["status"] for event in standing.target(one)["lifecycleEvents"]}
    assert (events["Install"], events["AllowTraffic"]) == ("Failed", "Pending")


def test_an_alarm_during_the_termination_wait_rolls_back(standing: Site) -> None:
    set_alarm(standing.shop, standing.name, "OK")
    watched = {"enabled": True, "alarms": [{"name": standing.name}]}
    standing.change_group(blueGreenDeploymentConfiguration=blue_green(termination=600), alarmConfiguration=watched)
    with standing.load() as load:
        one = standing.deploy("1.1.0")
        wait(lambda: standing.weights()["green"] == 100, "not shifted")
        set_alarm(standing.shop, standing.name, "ALARM")
        stopped = standing.deployed(one, "Stopped")
        standing.deployed(stopped["rollbackInfo"]["rollbackDeploymentId"], "Succeeded")
        assert load.share("1.0.0", 50) == 1
    assert not load.failures
    assert (stopped["errorInformation"]["code"], standing.weights()["blue"]) == ("ALARM_ACTIVE", 100)
    again = standing.deploy("1.1.0")  # unlike ECS, CodeDeploy stops for an alarm that rings already
    standing.deployed(again, "Stopped")
    standing.change_group(alarmConfiguration={"enabled": False, "alarms": []})


def test_traffic_waits_until_somebody_reroutes_it(site: Site) -> None:
    site.create_group(blueGreenDeploymentConfiguration=blue_green("STOP_DEPLOYMENT", 600))
    one = site.deploy("1.1.0")
    site.deployed(one, "Ready")
    assert (site.get(site.port), site.get(site.test_port)) == ("1.0.0", "1.1.0")
    site.shop.codedeploy.continue_deployment(deploymentId=one, deploymentWaitType="READY_WAIT")
    site.deployed(one, "Succeeded")
    assert site.get(site.port) == "1.1.0"


def test_a_wait_that_nobody_ends_stops_the_deployment(standing: Site) -> None:
    standing.change_group(blueGreenDeploymentConfiguration=blue_green("STOP_DEPLOYMENT", 1))
    one = standing.deploy("1.1.0")
    stopped = standing.deployed(one, "Stopped")
    standing.deployed(stopped["rollbackInfo"]["rollbackDeploymentId"], "Succeeded")
    assert standing.weights() == {"blue": 100, "green": 0}
    assert standing.service()["taskDefinition"] == standing.shop.tags["1.0.0"]
