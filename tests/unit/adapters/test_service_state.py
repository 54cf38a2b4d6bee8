"""Where services stand, asked of moto's ECR and DynamoDB."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.service_state import Question, ServiceState, service_states
from tests.unit.adapters.converging import REGION

TABLE = "slipway-test-leases"
Client = Callable[[str], Any]
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"})


def push(client: Client, repository: str, tag: str) -> str:
    image = client("ecr").put_image(repositoryName=repository, imageManifest=MANIFEST + " " * len(tag), imageTag=tag)
    return str(image["image"]["imageId"]["imageDigest"])


@pytest.fixture
def cloud(client: Client) -> Cloud:
    client("ecr").create_repository(repositoryName="web")
    client("dynamodb").create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return Cloud(REGION)


def record(client: Client, tag: str, digest: str) -> None:
    item = {"id": {"S": "services/web"}, "image_tag": {"S": tag}, "digest": {"S": digest}}
    client("dynamodb").put_item(TableName=TABLE, Item=item)


def ask(cloud: Cloud, **wanted: Any) -> ServiceState:
    return service_states(cloud, TABLE, [Question("web", "web", **wanted)])["web"]


def test_waits_in_an_empty_account(aws: None) -> None:
    del aws
    assert ask(Cloud(REGION), image_tag="1.0.0") == ServiceState("waiting")


def test_waits_for_an_image(cloud: Cloud) -> None:
    assert ask(cloud, image_tag="1.0.0") == ServiceState("waiting")


def test_an_answer_without_the_image_is_as_good_as_a_refusal(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    read = cloud.read

    def lenient(service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        return {"imageDetails": []} if operation == "describe_images" else read(service, operation, **parameters)

    monkeypatch.setattr(cloud, "read", lenient)
    assert ask(cloud, image_tag="1.0.0") == ServiceState("waiting")


def test_the_first_image_is_for_the_first_release(cloud: Cloud, client: Client) -> None:
    digest = push(client, "web", "1.0.0")
    assert ask(cloud, image_tag="1.0.0") == ServiceState("first", digest)
    assert ask(cloud, digest=digest) == ServiceState("first", digest)


def test_a_wrong_tag_is_refused_with_those_there_are(cloud: Cloud, client: Client) -> None:
    push(client, "web", "1.0.0")
    with pytest.raises(ConvergeError, match=r"web: image web:1\.0\.1 is not in the registry, which has 1\.0\.0"):
        ask(cloud, image_tag="1.0.1")


def test_every_wrong_service_is_named(cloud: Cloud, client: Client) -> None:
    push(client, "web", "1.0.0")
    questions = [Question(name, "web", image_tag="2.0.0") for name in ("one", "two")]
    with pytest.raises(ConvergeError, match=r"one: .*; two: "):
        service_states(cloud, TABLE, questions)


def test_what_runs_is_known_without_asking_the_registry(cloud: Cloud, client: Client) -> None:
    record(client, "1.0.0", "sha256:a")
    found = ask(cloud, image_tag="1.0.0")
    assert (found.state, found.digest, found.record["image_tag"]) == ("released", "sha256:a", "1.0.0")
    assert cloud.calls == {"dynamodb.batch_get_item": 1}


def test_another_version_of_a_released_service_is_looked_up(cloud: Cloud, client: Client) -> None:
    record(client, "1.0.0", "sha256:a")
    digest = push(client, "web", "1.1.0")
    found = ask(cloud, image_tag="1.1.0")
    assert (found.state, found.digest) == ("released", digest)


def test_a_service_that_follows_its_image_is_begun_anew_with_what_it_was(cloud: Cloud, client: Client) -> None:
    old, new = push(client, "web", "1.0.0"), push(client, "web", "1.1.00")
    record(client, "1.0.0", old)
    for tag, digest in (("1.0.0", old), ("1.1.00", new)):
        found = ask(cloud, image_tag=tag, follows=True)
        assert (found.state, found.digest, found.record["digest"]) == ("first", digest, old)
