from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.secrets import secret_outputs, secret_resources


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"value": "swordfish"}, {"SecretString": "swordfish"}),
        ({"generate": {}}, {"GenerateSecretString": {"PasswordLength": 32, "ExcludePunctuation": True}}),
        ({"generate": None}, {"GenerateSecretString": {"PasswordLength": 32, "ExcludePunctuation": True}}),
        (
            {"generate": {"length": 64, "exclude": "/@", "punctuation": True}},
            {"GenerateSecretString": {"PasswordLength": 64, "ExcludePunctuation": False, "ExcludeCharacters": "/@"}},
        ),
    ],
)
def test_secret_resources(rule: dict[str, Any], expected: dict[str, Any]) -> None:
    assert secret_resources({"web": {"TOKEN": rule}, "api": {}}, "slipway-dev", {"KmsKeyId": "key"}) == [
        {
            "type": "secretsmanager_secret",
            "name": "web/TOKEN",
            "properties": {"KmsKeyId": "key", "Name": "slipway-dev/web/TOKEN", **expected},
            "tags": {"service": "web"},
        }
    ]


@pytest.mark.parametrize(
    ("name", "rule", "told"),
    [
        ("TOKEN", {"value": "swordfish", "generate": {}}, "generate"),
        ("TOKEN", {"vale": "swordfish"}, "vale"),
        ("TOKEN", "swordfish", "value"),
        ("TOKEN", {"generate": {"lenght": 3}}, "lenght"),
        ("MY-TOKEN", {"value": "swordfish"}, "MY-TOKEN"),
    ],
)
def test_secret_resources_refuses_and_tells_no_value(name: str, rule: Any, told: str) -> None:
    with pytest.raises(AnsibleFilterError) as refusal:
        secret_resources({"web": {name: rule}}, "slipway-dev", {})
    assert "service_secrets of web" in str(refusal.value)
    assert told in str(refusal.value)
    assert "swordfish" not in str(refusal.value)


def test_secret_outputs() -> None:
    declared: dict[str, dict[str, Any]] = {"web": {"TOKEN": {}, "KEY": {}}, "api": {}}
    assert secret_outputs(declared) == {
        "web.TOKEN": "${secretsmanager_secret.web/TOKEN.ARN}",
        "web.KEY": "${secretsmanager_secret.web/KEY.ARN}",
    }
