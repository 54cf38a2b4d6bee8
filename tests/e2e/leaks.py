"""Secret values of an environment, and where they show."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.e2e.environment import ROOT, Environment

SHORTEST = 8


def secrets_of(environment: Environment) -> set[str]:
    """Return every secret value of the environment, also as it looks in JSON, in a URL and in base 64."""
    plain = set(_values(environment))
    assert len(plain) >= 2, "there are no secrets to look for"
    return plain | {quote(one, safe="") for one in plain} | {base64.b64encode(one.encode()).decode() for one in plain}


def _values(environment: Environment) -> Iterator[str]:
    client = environment.client("secretsmanager")
    for secret in client.get_paginator("list_secrets").paginate().build_full_result()["SecretList"]:
        text = client.get_secret_value(SecretId=secret["ARN"])["SecretString"]
        fields = json.loads(text) if text.startswith("{") else {"password": text}
        yield from (value for key, value in fields.items() if "password" in key or "secret" in key or "token" in key)
    ssm = environment.client("ssm")
    for page in ssm.get_paginator("describe_parameters").paginate():
        for parameter in page["Parameters"]:
            if parameter["Type"] == "SecureString":
                yield ssm.get_parameter(Name=parameter["Name"], WithDecryption=True)["Parameter"]["Value"]


def leaks(text: str, secrets: set[str]) -> set[str]:
    """Return the beginnings of the secrets that are in a text."""
    return {one[:3] + "…" for one in secrets if len(one) >= SHORTEST and one in text}


def expect_none_written(secrets: set[str], logs: Path) -> None:
    """Fail where the output of a playbook, or a report, has a secret."""
    written = [*logs.iterdir(), *(path for path in (ROOT / "reports").rglob("*") if path.is_file())]
    assert written
    for path in written:
        assert not leaks(path.read_text(encoding="utf-8", errors="ignore"), secrets), path
