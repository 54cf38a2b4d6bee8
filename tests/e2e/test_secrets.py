"""Secrets are nowhere in clear: not in the most talkative output, files, process arguments or task environments."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest

from tests.e2e.conftest import Stand
from tests.e2e.environment import ROOT, Environment

SHORTEST = 8


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


@pytest.fixture(scope="module")
def secrets(dev: Environment) -> set[str]:
    """Return every secret value of the environment, also as it looks in JSON, in a URL and in base 64."""
    plain = set(_values(dev))
    assert len(plain) >= 2, "there are no secrets to look for"
    in_json, in_url = {json.dumps(one)[1:-1] for one in plain}, {quote(one, safe="") for one in plain}
    return plain | in_json | in_url | {base64.b64encode(one.encode()).decode() for one in plain}


def _values(environment: Environment) -> Iterator[str]:
    client = environment.client("secretsmanager")
    for secret in client.get_paginator("list_secrets").paginate().build_full_result()["SecretList"]:
        for version in secret["SecretVersionsToStages"]:  # also what it was before a rotation
            text = client.get_secret_value(SecretId=secret["ARN"], VersionId=version)["SecretString"]
            fields = json.loads(text) if text.startswith("{") else {"password": text}
            yield from (one for key, one in fields.items() if "password" in key or "secret" in key or "token" in key)
    ssm = environment.client("ssm")
    for page in ssm.get_paginator("describe_parameters").paginate():
        for parameter in page["Parameters"]:
            if parameter["Type"] == "SecureString":
                yield ssm.get_parameter(Name=parameter["Name"], WithDecryption=True)["Parameter"]["Value"]


def leaks(text: str, secrets: set[str]) -> set[str]:
    return {one[:3] + "…" for one in secrets if len(one) >= SHORTEST and one in text}


class Watch(threading.Thread):
    """Collects the arguments of every process of this machine until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: set[str] = set()
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.wait(0.05):
            self.seen |= {" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"])}


def test_the_first_run_and_the_most_talkative_one_tell_none(dev: Environment, secrets: set[str], logs: Path) -> None:
    watch = Watch()
    watch.start()
    dev.playbook("site.yml", "--diff", "-vvvv")
    dev.playbook("playbooks/verify.yml", "-vvv")
    watch.stop.set()
    watch.join()
    for log in logs.iterdir():
        assert not leaks(log.read_text(encoding="utf-8"), secrets), log
    assert any("ansible" in line for line in watch.seen)
    assert not leaks("\n".join(watch.seen), secrets)


def test_no_file_has_one(dev: Environment, secrets: set[str]) -> None:
    written = subprocess.run(
        ["git", "ls-files", "--others", "--cached", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    ours = [ROOT / name for name in written if name and not name.startswith((".venv/", ".git/", ".mypy_cache/"))]
    temporary = list((Path.home() / ".ansible").rglob("*"))
    for path in [*ours, *temporary]:
        if path.is_file():
            assert not leaks(path.read_text(encoding="utf-8", errors="ignore"), secrets), path
    assert dev.name == "dev"


def test_no_task_has_one_in_its_definition(dev: Environment, secrets: set[str]) -> None:
    client = dev.client("ecs")
    found: list[dict[str, Any]] = [
        client.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        for arn in client.get_paginator("list_task_definitions").paginate().build_full_result()["taskDefinitionArns"]
    ]
    assert any(container.get("secrets") for one in found for container in one["containerDefinitions"])
    assert not leaks(json.dumps(found, default=str), secrets)


def test_no_parameter_or_log_has_one(dev: Environment, secrets: set[str]) -> None:
    ssm, logs = dev.client("ssm"), dev.client("logs")
    names = [p["Name"] for page in ssm.get_paginator("describe_parameters").paginate() for p in page["Parameters"]]
    shown = [ssm.get_parameter(Name=name)["Parameter"]["Value"] for name in names]
    groups = logs.get_paginator("describe_log_groups").paginate().build_full_result()["logGroups"]
    lines = [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        for event in page["events"]
    ]
    assert lines, "no task has logged anything"
    assert not leaks("\n".join([*shown, *lines]), secrets)
