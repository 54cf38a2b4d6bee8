from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

NAME = "slipway-test/web"
KEY = "ecr_repository.web"
EXPIRE = {
    "rules": [
        {
            "rulePriority": 1,
            "description": "Untagged images",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": 7,
            },
            "action": {"type": "expire"},
        }
    ]
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Pull",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": ["ecr:BatchGetImage"],
        }
    ],
}
OTHER = {**POLICY, "Statement": [{**POLICY["Statement"][0], "Action": ["ecr:*"]}]}  # type: ignore[dict-item]  # the literal's values are of mixed types
PROPERTIES: dict[str, Any] = {
    "repositoryName": NAME,
    "imageTagMutability": "IMMUTABLE",
    "imageScanningConfiguration": {"scanOnPush": True},
    "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": "arn:aws:kms:us-east-1:123456789012:key/1"},
    "lifecyclePolicyText": EXPIRE,
    "policyText": POLICY,
}
REPOSITORY = {"type": "ecr_repository", "name": "web", "properties": PROPERTIES}


def test_lives(converge: Converge) -> None:
    converge.lives([REPOSITORY, {**REPOSITORY, "name": "api", "properties": {"repositoryName": "slipway-test/api"}}])


DRIFTS: list[tuple[str, str, dict[str, Any]]] = [
    ("imageTagMutability", "put_image_tag_mutability", {"imageTagMutability": "MUTABLE"}),
    (
        "imageScanningConfiguration",
        "put_image_scanning_configuration",
        {"imageScanningConfiguration": {"scanOnPush": False}},
    ),
    ("lifecyclePolicyText", "delete_lifecycle_policy", {}),
    ("policyText", "delete_repository_policy", {}),
    ("policyText", "set_repository_policy", {"policyText": json.dumps(OTHER)}),
]


@pytest.mark.parametrize(("changed", "operation", "parameters"), DRIFTS)
def test_mends(
    converge: Converge, client: Callable[[str], Any], changed: str, operation: str, parameters: dict[str, Any]
) -> None:
    def drift(_run: object) -> None:
        getattr(client("ecr"), operation)(repositoryName=NAME, **parameters)

    converge.mends([REPOSITORY], drift, {KEY: {changed}})


def test_mends_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Any) -> None:
        arn = run.state(KEY)["repositoryArn"]
        client("ecr").tag_resource(resourceArn=arn, tags=[{"Key": "foreign", "Value": "x"}])
        client("ecr").untag_resource(resourceArn=arn, tagKeys=["project"])

    converge.mends([REPOSITORY], drift, {KEY: {"Tags"}})


def push(client: Callable[[str], Any]) -> None:
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": {}, "layers": []})
    client("ecr").put_image(repositoryName=NAME, imageManifest=manifest, imageTag="1.0.0")


def test_keeps_a_repository_with_images(converge: Converge, client: Callable[[str], Any]) -> None:
    converge([REPOSITORY])
    push(client)
    run = converge([REPOSITORY], absent=True)
    assert run.actions == {KEY: "kept"}
    assert "force: true" in run.outcomes[KEY].message


def test_removes_a_repository_with_images_when_declared_so(converge: Converge, client: Callable[[str], Any]) -> None:
    entry = {**REPOSITORY, "properties": {**PROPERTIES, "force": True}}
    converge([entry])
    push(client)
    assert converge([entry], absent=True).actions == {KEY: "deleted"}
