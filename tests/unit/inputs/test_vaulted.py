"""What is vaulted and no password opens is told with its host and variable."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.vault import EncryptedString, VaultLib, VaultSecret, VaultSecretsContext

from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_vault import vault_problems


def test_what_no_password_opens_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = VaultSecret(b"of tests")
    text = VaultLib([("default", secret)]).encrypt("value", secret=secret).decode()
    given: dict[str, Any] = {"service_environment": {"A": [EncryptedString(ciphertext=text)]}, "owner": "{{ lookup }}"}
    monkeypatch.setattr(VaultSecretsContext, "_current", VaultSecretsContext([]))
    (told,) = vault_problems({"web": given, "api": {}})
    (shared,) = vault_problems({"web": given, "api": given})
    assert shared.startswith("service_environment is vaulted")
    monkeypatch.setattr(VaultSecretsContext, "_current", VaultSecretsContext([("default", secret)]))
    assert not list(vault_problems({"web": given}))
    assert told.startswith("web: service_environment is vaulted")
    assert "--vault-password-file" in told
