"""Filters of the role secrets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: What a rule may say, and the option of GetRandomPassword that it sets.
OPTIONS = {"length": "PasswordLength", "exclude": "ExcludeCharacters", "punctuation": "ExcludePunctuation"}
DEFAULT_LENGTH = 32


def secret_resources(
    declared: Mapping[str, Mapping[str, Any]], prefix: str, common: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the secrets that services declare.

    Args:
        declared: by service, by name of the container's environment variable: ``{generate: {length, exclude,
            punctuation}}`` or ``{value: text}``.
        prefix: first part of the secrets' names.
        common: properties of all of them.

    Raises:
        AnsibleFilterError: a declaration is neither; its value is not told.
    """
    return [
        {
            "type": "secretsmanager_secret",
            "name": f"{service}/{name}",
            "properties": {**common, "Name": f"{prefix}/{service}/{name}", **_value(service, name, rule)},
            "tags": {"service": service},
        }
        for service, secrets in declared.items()
        for name, rule in secrets.items()
    ]


def _value(service: str, name: str, rule: Any) -> dict[str, Any]:
    where = f"secret_resources: service_secrets of {service}: {name}"
    if not ENVIRONMENT_NAME.fullmatch(name):
        raise AnsibleFilterError(f"{where} is no name of an environment variable; allowed are letters, digits and _")
    keys = sorted(rule) if isinstance(rule, Mapping) else []
    if keys == ["value"]:
        return {"SecretString": rule["value"]}
    if keys != ["generate"]:
        raise AnsibleFilterError(f"{where} has the keys {keys}; give either generate: {{length: 32}} or value:")
    options = rule["generate"] or {}
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise AnsibleFilterError(f"{where}: generate has {unknown}; allowed are {sorted(OPTIONS)}")
    return {"GenerateSecretString": _password_rule(options)}


def _password_rule(options: Mapping[str, Any]) -> dict[str, Any]:
    rule = {
        "PasswordLength": options.get("length", DEFAULT_LENGTH),
        "ExcludePunctuation": not options.get("punctuation", False),
    }
    return {**rule, "ExcludeCharacters": options["exclude"]} if "exclude" in options else rule


def secret_outputs(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return what the role publishes: ``<service>.<name>``, a reference to the secret's ARN.

    Args:
        declared: by service, by name of the environment variable.
    """
    return {
        f"{service}.{name}": f"${{secretsmanager_secret.{service}/{name}.ARN}}"
        for service, secrets in declared.items()
        for name in secrets
    }


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"secret_outputs": secret_outputs, "secret_resources": secret_resources}
