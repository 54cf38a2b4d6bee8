"""What ECS and CodeDeploy refuse of deployments that move traffic."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.rehearsal.deployments.shop import Shop, Site, blue_green

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:check"


@pytest.fixture(scope="module")
def place(shop: Shop) -> Site:
    """Return target groups and rules; nothing runs there."""
    return Site(shop)


def _hook(stage: str, **more: Any) -> dict[str, Any]:
    return {"lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": [stage], **more}]}


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"bakeTimeInMinutes": None}, "bakeTimeInMinutes must be provided"),
        ({"bakeTimeInMinutes": 1441}, "bakeTimeInMinutes is 1441; 0 to 1440"),
        ({"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 0.05}}, "canaryPercent is 0.05; 0.1 to 100"),
        ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2.9}}, "stepPercent is 2.9; 3 to 100"),
        ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 3.33}}, "in steps of 0.1"),
        ({"canaryConfiguration": {"canaryPercent": 5.0}}, "only valid with the deployment strategy CANARY"),
        (_hook("PRODUCTION_TRAFFIC_SHIFT"), "cannot have PRODUCTION_TRAFFIC_SHIFT, TEST_TRAFFIC_SHIFT"),
        (_hook("PRE_SCALE_UP", hookTargetArn=LAMBDA), "hookTargetArn cannot be given for a PAUSE hook"),
        (_hook("PRE_SCALE_UP", targetType="AWS_LAMBDA", hookTargetArn=LAMBDA), "runs no Lambda functions"),
        ({"strategy": "ROLLING", **_hook("PRE_SCALE_UP")}, "Lifecycle hooks need a strategy"),
    ],
)
def test_a_deployment_configuration_is_refused(place: Site, configuration: dict[str, Any], message: str) -> None:
    given = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0, **configuration}
    given = {name: value for name, value in given.items() if value is not None}
    with pytest.raises(ClientError, match=message):
        _create(place, deploymentConfiguration=given)


@pytest.mark.parametrize(
    ("advanced", "message"),
    [
        ({"alternateTargetGroupArn": None}, "lacks alternateTargetGroupArn"),
        ({"productionListenerRule": None}, "lacks productionListenerRule"),
        ({"roleArn": "arn:aws:iam::123456789012:role/none"}, "Role is not valid"),
        ({"testListenerRule": "arn:aws:elasticloadbalancing:none"}, "Unable to find testListenerRule"),
        ({"alternateTargetGroupArn": "arn:aws:elasticloadbalancing:none"}, "Unable to find target group"),
    ],
)
def test_an_advanced_configuration_is_refused(place: Site, advanced: dict[str, Any], message: str) -> None:
    given = {**place.advanced(), **advanced}
    balancers = place.balancers(**{name: value for name, value in given.items() if value is not None})
    with pytest.raises(ClientError, match=message):
        _create(place, loadBalancers=balancers)


def _create(place: Site, **changes: Any) -> None:
    settings = {
        "deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0},
        "loadBalancers": place.balancers(**place.advanced()),
        "desiredCount": 0,
        **changes,
    }
    place.shop.create_service(place.shop.cluster_name, place.shop.tags["1.0.0"], place.name, **settings)


def test_a_traffic_group_without_a_load_balancer_is_refused(place: Site) -> None:
    loose = place.shop.new_target_group(f"{place.name}-loose")
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        _create(place, loadBalancers=place.balancers(**{**place.advanced(), "alternateTargetGroupArn": loose}))


@pytest.fixture(scope="module")
def deployed(shop: Shop) -> Site:
    """Return a service of CodeDeploy without tasks."""
    one = Site(shop)
    one.create_group(0)
    return one


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"taskDefinition": "moving:2"}, "Unable to update task definition on services with a CODE_DEPLOY"),
        ({"forceNewDeployment": True}, "Cannot update forceNewDeployment"),
        ({"deploymentConfiguration": {"strategy": "ROLLING"}}, "strategy cannot be used with"),
        ({"deploymentController": {"type": "ECS"}}, "cannot change the deployment controller"),
    ],
)
def test_an_update_of_a_service_of_codedeploy_is_refused(deployed: Site, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        deployed.shop.ecs.update_service(cluster=deployed.shop.cluster_name, service=deployed.name, **changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"deploymentStyle": {"deploymentType": "IN_PLACE"}}, "InvalidDeploymentStyleException"),
        ({"ecsServices": [{"clusterName": "x", "serviceName": "y"}]}, "InvalidECSServiceException"),
        ({"serviceRoleArn": "arn:aws:iam::123456789012:role/none"}, "InvalidRoleException"),
        ({"deploymentConfigName": "none"}, "DeploymentConfigDoesNotExistException"),
        ({"loadBalancerInfo": {"targetGroupPairInfoList": []}}, "InvalidLoadBalancerInfoException"),
        (
            {"blueGreenDeploymentConfiguration": blue_green("CONTINUE_DEPLOYMENT", 5)},
            "InvalidBlueGreenDeploymentConfigurationException",
        ),
        (
            {"alarmConfiguration": {"enabled": True, "alarms": [{"name": str(number)} for number in range(11)]}},
            "AlarmsLimitExceededException",
        ),
    ],
)
def test_a_deployment_group_is_refused(deployed: Site, changes: dict[str, Any], code: str) -> None:
    settings = {**deployed.group_settings(), "deploymentGroupName": "other", **changes}
    with pytest.raises(ClientError, match=code):
        deployed.shop.codedeploy.create_deployment_group(**settings)


def test_a_deployment_group_is_kept_whole(deployed: Site) -> None:
    names = {"applicationName": deployed.name, "deploymentGroupName": "main"}
    shown = deployed.shop.codedeploy.get_deployment_group(**names)["deploymentGroupInfo"]
    assert shown["deploymentConfigName"] == "CodeDeployDefault.ECSAllAtOnce"
    assert shown.items() >= deployed.group_settings().items()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("version: 1.0", "version is 1.0; 0.0 is allowed"),
        ("version: 0.0\nResources: []", "The AppSpec needs version, and one resource"),
        ("{", "neither JSON nor YAML"),
        ("hooks", "The AppSpec needs version"),
    ],
)
def test_an_appspec_is_refused(deployed: Site, content: str, message: str) -> None:
    revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}}
    with pytest.raises(ClientError, match=message):
        deployed.shop.codedeploy.create_deployment(
            applicationName=deployed.name, deploymentGroupName="main", revision=revision
        )


def test_hooks_of_an_appspec_are_refused(deployed: Site) -> None:
    spec = {**deployed.appspec("1.1.0"), "Hooks": [{"BeforeAllowTraffic": LAMBDA}]}
    revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": json.dumps(spec)}}
    with pytest.raises(ClientError, match="runs no Lambda functions"):
        deployed.shop.codedeploy.create_deployment(
            applicationName=deployed.name, deploymentGroupName="main", revision=revision
        )
