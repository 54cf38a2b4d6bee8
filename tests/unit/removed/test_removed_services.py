"""Services that stand and are not listed are named, and only what is theirs is taken for theirs."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils import drift
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.plan import by_key, needs
from ansible_collections.slipway.aws.plugins.plugin_utils.removed.find import Removed, find, line
from ansible_collections.slipway.aws.plugins.plugin_utils.removed.host import load_balancer, removed_host
from ansible_collections.slipway.aws.plugins.plugin_utils.removed.left import left
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from ansible_collections.slipway.aws.plugins.plugin_utils.validate import problems

HERE = "us-east-1:123456789012"
REPOSITORY = f"arn:aws:ecr:{HERE}:repository/slipway-dev/api"
LOG = f"arn:aws:logs:{HERE}:log-group:/slipway/dev/api"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:slipway-dev/api/TOKEN-AbCdEf"
SIDE = f"arn:aws:ecs:{HERE}:service/slipway-dev/slipway-dev-api-blue"
DEFINITION = f"arn:aws:ecs:{HERE}:task-definition/slipway-dev-database-access-api:3"
GREEN = f"arn:aws:elasticloadbalancing:{HERE}:targetgroup/slipway-dev-api-green/0123456789abcdef"
ALARM = f"arn:aws:cloudwatch:{HERE}:alarm:slipway-dev-api-blue-cpu"
CAUSE, SILENCED = (f"arn:aws:cloudwatch:{HERE}:alarm:slipway-dev-api{end}" for end in ("", "-tasks"))
PARAMETER = f"arn:aws:ssm:{HERE}:parameter/slipway/dev/api/url"
APPLICATION = f"arn:aws:codedeploy:{HERE}:application:slipway-dev-api"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/slipway-dev-b02/1"
OUTPUTS = {
    "api/url": "https://api.dev.example.com",
    "api/blue_ecs_service": "slipway-dev-api-blue",
    "web/url": "https://web.dev.example.com",
    "load_balancer/full_name": "app/slipway-dev/0",
    "load_balancer/b02.full_name": "app/slipway-dev-b02/1",
    "registry/api": "uri",
    "registry/api-2": "uri",
    "secrets/api.TOKEN": "arn",
    "secrets/api-2.TOKEN": "arn",
    "prometheus/registry_arn.blue-api": "arn",
}
OPTIONS = {"environment": "dev", "recovery_days": 7, "delete_images": True}


class Tagged(Cloud):
    """An account that knows what is tagged how."""

    def __init__(self, *there: tuple[str, str], deleted: tuple[str, ...] = ()) -> None:
        self.there, self.deleted = there, deleted

    def pages(self, _service: str, _operation: str, _result: str, /, **parameters: Any) -> list[Any]:
        wanted = {one["Key"]: one["Values"] for one in parameters["TagFilters"]}
        kinds = parameters.get("ResourceTypeFilters")
        return [
            {"ResourceARN": arn, "Tags": [{"Key": "service", "Value": service}]}
            for arn, service in self.there
            if (not wanted["service"] or service in wanted["service"]) and (not kinds or arn.split(":")[2] in kinds)
        ]

    def read(self, _service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        if operation == "describe_secret":
            return {"DeletedDate": "soon"} if parameters["SecretId"] in self.deleted else {}
        return {"TargetGroups": [{"LoadBalancerArns": [BALANCER]}]}


def host(*arns: str, outputs: dict[str, Any] | None = None, **record: Any) -> dict[str, Any]:
    return removed_host(Removed("api", arns), record, outputs if outputs is not None else OUTPUTS, "main", "dev")


def test_what_is_listed_the_platforms_or_a_previews_is_not_named() -> None:
    cloud = Tagged((REPOSITORY, "api"), (SECRET, "api"), (LOG, "platform"), (LOG, "web"), (LOG, "preview-web-x"))
    assert find(cloud, "slipway", "dev", ["web"]) == [Removed("api", (REPOSITORY, SECRET))]
    assert find(cloud, "slipway", "dev", ["web", "api"]) == []


def test_a_secret_that_waits_for_its_end_does_not_stand() -> None:
    cloud = Tagged((REPOSITORY, "api"), (SECRET, "api"), deleted=(SECRET,))
    assert find(cloud, "slipway", "dev", []) == [Removed("api", (REPOSITORY,))]


def test_the_sentence_names_what_stands_and_the_command() -> None:
    told = line("dev", Removed("api", (LOG, REPOSITORY, GREEN, GREEN, PARAMETER)))
    assert "1 ecr repository, 2 elasticloadbalancing targetgroup, 1 logs log-group, 1 ssm parameter" in told
    assert "remove_service.yml -i inventories/dev -e confirm=dev -e service=api" in told


def test_drift_names_it() -> None:
    assert drift.summary("dev", [], [], ["api stands"]) == "dev: api stands"
    assert "api stands" in drift.markdown("dev", [], [], ["api stands"])
    assert drift.summary("dev", [], [], []) == "dev is what Git says"


@pytest.mark.parametrize(
    ("arns", "outputs", "record", "engine"),
    [
        ((SIDE,), {}, {}, "weighted"),
        ((), OUTPUTS, {}, "weighted"),
        ((GREEN,), {}, {}, "ecs"),
        ((GREEN, APPLICATION), {}, {}, "codedeploy"),
        ((LOG,), {}, {}, "rolling"),
        ((SIDE,), {}, {"engine": "rolling"}, "rolling"),
    ],
)
def test_the_engine_is_the_records_or_what_was_made_says_it(
    arns: tuple[str, ...], outputs: dict[str, Any], record: dict[str, Any], engine: str
) -> None:
    assert host(*arns, outputs=outputs, **record)["service_engine"] == engine


def test_a_domain_of_two_services_stays_with_the_other() -> None:
    assert host()["service_dns_record"] is True
    assert host(outputs=OUTPUTS | {"web/url": OUTPUTS["api/url"]})["service_dns_record"] is False
    assert host(outputs={})["service_dns_record"] is False


def test_it_had_a_database_if_anything_of_that_stands() -> None:
    assert host()["service_database"] is False
    assert host(DEFINITION)["service_database"] is True
    assert host(outputs={"database_access/api": "arn"})["removal_reason"] == "removing api"


def test_the_load_balancer_is_the_one_that_its_target_groups_are_behind() -> None:
    assert load_balancer(Tagged(), Removed("api", (GREEN,)), OUTPUTS, ["main", "b02"]) == "b02"
    assert load_balancer(Tagged(), Removed("api", (LOG,)), OUTPUTS, ["main", "b02"]) == "main"


def test_what_components_hold_is_named_as_it_was_declared() -> None:
    arns = (REPOSITORY, SECRET, DEFINITION, ALARM, LOG, PARAMETER, SIDE)
    entries = left(Removed("api", arns), OUTPUTS, "/slipway/dev", "slipway-dev", OPTIONS)
    assert {f"{entry['type']}.{entry['name']}" for entry in entries} == {
        "cloudwatch_alarm.slipway-dev-api-blue-cpu",
        "cloudwatch_composite_alarm.slipway-dev-api-blue-cpu",
        "cloudwatch_dashboard.slipway-dev-api",
        "ecr_repository.slipway-dev/api",
        "ecs_task_definition.slipway-dev-database-access-api",
        "logs_log_group./slipway/dev/api",
        "secretsmanager_secret.slipway-dev/api/TOKEN",
        "servicediscovery_service.blue-api",
        "ssm_parameter./slipway/dev/api/url",
        "ssm_parameter./slipway/dev/prometheus/registry_arn.blue-api",
        "ssm_parameter./slipway/dev/registry/api",
        "ssm_parameter./slipway/dev/secrets/api.TOKEN",
        "xray_group.api/failed",
        "xray_group.api/slow",
        "xray_sampling_rule.api",
    }


def test_the_repository_goes_last_and_composite_alarms_before_others() -> None:
    arns = (REPOSITORY, ALARM, CAUSE, SILENCED, LOG)
    entries = left(Removed("api", arns), OUTPUTS, "/slipway/dev", "slipway-dev", OPTIONS)
    resources = by_key(parse(entry, {}, absent=True) for entry in entries)
    assert [text for resource in resources.values() for text in problems(resource)] == []
    graph, repository = needs(resources), ("ecr_repository", "slipway-dev/api")
    assert {key for key, wanted in graph.items() if repository not in wanted} == {repository}
    name = "slipway-dev-api-blue-cpu"
    assert ("cloudwatch_alarm", name) in graph["cloudwatch_composite_alarm", name]
    silenced, cause = (("cloudwatch_composite_alarm", f"slipway-dev-api{end}") for end in ("-tasks", ""))
    assert cause in graph[silenced]
    assert silenced not in graph[cause]
