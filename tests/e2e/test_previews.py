"""A preview of a branch serves beside the service, with rows of its own, and goes without leaving anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.previews.derive import preview_name
from tests.e2e.conftest import Stand
from tests.e2e.environment import KEPT, Environment
from tests.e2e.releases import TABLE, item, push, until

BRANCH = "Feature/{{7*191}}"
NAME = preview_name("web", BRANCH)
FAMILY = "slipway-dev-database-access-web"


class Preview(Environment):
    """The same environment, asked at the preview's address."""

    @property
    def url(self) -> str:
        """Where the preview answers."""
        return f"https://{NAME}.{self.data['dns_zone_name']}"


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


def given(**more: Any) -> tuple[str, ...]:
    return "-e", json.dumps({"branch": BRANCH, **more})


def holds(dev: Environment, condition: str) -> bool:
    """Say whether a condition holds in dev's database, as its owner sees it."""
    ecs, ssm = dev.client("ecs"), dev.client("ssm")
    (service,) = ecs.describe_services(cluster="slipway-dev", services=["slipway-dev-web-blue"])["services"]
    place = service["networkConfiguration"]["awsvpcConfiguration"]
    group = ssm.get_parameter(Name="/slipway/dev/network/database_access_security_group_id")["Parameter"]["Value"]
    command = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", f"DO $$ BEGIN ASSERT {condition}; END $$"]
    (task,) = ecs.run_task(
        cluster="slipway-dev",
        taskDefinition=FAMILY,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": place["subnets"], "securityGroups": [group]}},
        overrides={"containerOverrides": [{"name": "psql", "command": command}]},
    )["tasks"]

    def now() -> Any:
        return ecs.describe_tasks(cluster="slipway-dev", tasks=[task["taskArn"]])["tasks"][0]

    until(lambda: now()["lastStatus"] == "STOPPED", "the condition")
    return bool(now()["containers"][0]["exitCode"] == 0)


def what_is_there(dev: Environment) -> dict[str, Any]:
    """Return how much there is of whatever a preview has, tagged or not."""
    route53, logs, ecs = dev.client("route53"), dev.client("logs"), dev.client("ecs")
    zones = [zone["Id"] for zone in route53.list_hosted_zones()["HostedZones"] if zone["Name"].startswith("dev.")]
    return {
        "tagged": {kind: number for kind, number in dev.inventory().items() if kind not in KEPT},
        "records": len(route53.list_resource_record_sets(HostedZoneId=zones[0])["ResourceRecordSets"]),
        "logs": len(logs.describe_log_groups(logGroupNamePrefix="/slipway/dev/")["logGroups"]),
        "revisions": len(ecs.list_task_definitions(familyPrefix="slipway-dev-preview")["taskDefinitionArns"]),
        "items": [item(dev, key) for key in ("preview#0", f"services/{NAME}")],
    }


@pytest.mark.soak
def test_a_preview_serves_beside_the_service_and_goes_with_all_it_had(dev: Environment) -> None:
    push("1.1.0", "1.2.0")
    before, at = what_is_there(dev), Preview(dev.name, dev.variables, dev.logs)
    made = dev.playbook("playbooks/preview.yml", *given(service="web", image_tag="1.1.0"))
    assert f"{at.url} is web:1.1.0 of branch" in made.said
    assert at.body("/version")["version"] == "1.1.0"
    assert dev.body("/version")["version"] == "1.0.0"
    notes = dev.body("/notes")
    assert at.send("POST", "/notes", {"text": "of the branch"})[0] == 201
    assert [note["text"] for note in at.body("/notes")["notes"]] == ["of the branch"]
    assert dev.body("/notes") == notes
    assert dev.playbook("playbooks/preview.yml", *given(service="web", image_tag="1.1.0")).changed == {}
    assert dev.playbook("site.yml").changed == {}

    dev.playbook("playbooks/preview.yml", *given(service="web", image_tag="1.2.0"))
    assert at.body("/version")["version"] == "1.2.0"
    assert len(at.body("/notes")["notes"]) == 1
    assert dev.playbook("playbooks/previews_expire.yml").changed == {}

    over = {":over": {"S": "2026-01-01T00:00:00Z"}}
    key = {"id": {"S": "preview#0"}}
    dev.client("dynamodb").update_item(
        TableName=TABLE, Key=key, UpdateExpression="SET expires = :over", ExpressionAttributeValues=over
    )
    dev.playbook("playbooks/previews_expire.yml")
    assert what_is_there(dev) == before
    assert holds(dev, "EXISTS (SELECT FROM pg_roles WHERE rolname = 'web')")
    assert not holds(dev, f"EXISTS (SELECT FROM pg_roles WHERE rolname = '{NAME}')")
    assert not holds(dev, f"EXISTS (SELECT FROM pg_namespace WHERE nspname = '{NAME}')")
    assert dev.playbook("playbooks/preview_down.yml", *given()).changed == {}


@pytest.mark.soak
def test_what_cannot_be_is_refused_before_anything_is_made(dev: Environment) -> None:
    for more, told in (
        ({"service": "web", "image_tag": "9.9.9"}, "image slipway-dev/web:9.9.9 is not in the registry"),
        ({"service": "nobody", "image_tag": "1.0.0"}, "service is 'nobody'; give -e service=NAME, one of web"),
        ({"service": "web"}, "image_tag is not set"),
        ({"service": "web", "image_tag": "1.0.0", "preview_allowed": False}, "dev carries no previews"),
    ):
        assert told in dev.playbook("playbooks/preview.yml", *given(**more), expect=2).said
    assert item(dev, "preview#0") == {}
