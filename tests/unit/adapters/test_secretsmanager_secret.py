from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.converging import Converge

NAME = "slipway/test/web/API_TOKEN"
KEY = "secretsmanager_secret.token"
KMS = "arn:aws:kms:us-east-1:123456789012:key/1"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*"}],
}


def secret(**properties: Any) -> dict[str, Any]:
    common = {"Name": NAME, "Description": "For web", "KmsKeyId": KMS, "ResourcePolicy": POLICY}
    return {"type": "secretsmanager_secret", "name": "token", "properties": {**common, **properties}}


GENERATED = secret(GenerateSecretString={"PasswordLength": 40, "ExcludePunctuation": True}, RecoveryWindowInDays=0)
GIVEN = secret(SecretString="swordfish-4711", RecoveryWindowInDays=0)
ACCESS: dict[str, Any] = {
    "SecretStringTemplate": {"host": "db.example.com", "port": 5433, "username": "web"},
    "GenerateStringKey": "password",
    "PasswordLength": 32,
    "ExcludeCharacters": "\"'\\/@",
}
TEMPLATED = secret(GenerateSecretString=ACCESS, RecoveryWindowInDays=0)


def value(client: Callable[[str], Any]) -> str:
    return str(client("secretsmanager").get_secret_value(SecretId=NAME)["SecretString"])


@pytest.mark.parametrize("entry", [GENERATED, GIVEN, TEMPLATED])
def test_lives(converge: Converge, entry: dict[str, Any]) -> None:
    converge.lives([entry])


DRIFTS: list[tuple[set[str], str, dict[str, Any]]] = [
    ({"Description"}, "update_secret", {"Description": "other"}),
    ({"KmsKeyId"}, "update_secret", {"KmsKeyId": "alias/other"}),
    ({"SecretString"}, "put_secret_value", {"SecretString": "other"}),
    ({"ResourcePolicy"}, "delete_resource_policy", {}),
    ({"Tags"}, "tag_resource", {"Tags": [{"Key": "foreign", "Value": "x"}]}),
    ({"Tags"}, "untag_resource", {"TagKeys": ["project"]}),
]


@pytest.mark.parametrize(("changed", "operation", "parameters"), DRIFTS)
def test_mends(
    converge: Converge, client: Callable[[str], Any], changed: set[str], operation: str, parameters: dict[str, Any]
) -> None:
    def drift(_run: object) -> None:
        getattr(client("secretsmanager"), operation)(SecretId=NAME, **parameters)

    converge.mends([GIVEN], drift, {KEY: changed})
    assert value(client) == "swordfish-4711"


def test_makes_a_value_up_once(converge: Converge, client: Callable[[str], Any]) -> None:
    converge([GENERATED])
    first = value(client)
    assert len(first) == 40
    assert first.isalnum()
    converge([GENERATED])
    assert value(client) == first


def test_writes_a_changed_template_around_the_password(converge: Converge, client: Callable[[str], Any]) -> None:
    converge([TEMPLATED])
    before = json.loads(value(client))
    moved = {**ACCESS, "SecretStringTemplate": {**ACCESS["SecretStringTemplate"], "host": "restored.example.com"}}
    entry = secret(GenerateSecretString=moved, RecoveryWindowInDays=0)
    assert converge([entry]).changed == {KEY: {"GenerateSecretString"}}
    assert json.loads(value(client)) == {**before, "host": "restored.example.com"}


def test_never_shows_a_value(converge: Converge, client: Callable[[str], Any]) -> None:
    runs = [converge([GIVEN], check=True), converge([GIVEN])]
    client("secretsmanager").put_secret_value(SecretId=NAME, SecretString="password-123")
    runs += [converge([GIVEN], check=True), converge([GIVEN]), converge([GIVEN], absent=True)]
    told = json.dumps([[outcome.as_result(), outcome.as_diff()] for run in runs for outcome in run.outcomes.values()])
    assert "(sensitive)" in told
    assert "swordfish" not in told
    assert "password-123" not in told


def test_restores_a_secret_that_waits_for_its_deletion(converge: Converge, client: Callable[[str], Any]) -> None:
    lasting = secret(GenerateSecretString={"PasswordLength": 40}, RecoveryWindowInDays=7)
    converge([lasting])
    first = value(client)
    assert converge([lasting], absent=True).actions == {KEY: "deleted"}
    again = converge([lasting], absent=True)
    assert again.actions == {KEY: "kept"}
    assert "can be restored until" in again.outcomes[KEY].message
    assert converge([lasting]).actions == {KEY: "created"}
    assert value(client) == first
    assert converge([lasting]).changed == {}
