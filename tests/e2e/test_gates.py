"""Releases that ask a person, and what is left of those that nobody came back to."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment, quiet
from tests.e2e.releases import (
    another_version,
    begun,
    item,
    push,
    record,
    release,
    running,
    stands_on_one_side,
    until,
    version,
    weights,
)


def short(**other: Any) -> tuple[str, str]:
    """Return arguments of a release in two short steps."""
    values = {"release_steps": [50, 100], "release_bake_minutes": 1, "release_extend_minutes": 0, "retry": True}
    return "-e", json.dumps({**values, "release_unclear": "promote", **other})


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    environment = stand("dev")
    push("1.1.0", "1.2.0")
    return environment


@pytest.fixture(autouse=True)
def _alone() -> None:
    quiet()


@pytest.fixture(scope="module")
def told(dev: Environment) -> Any:
    """Return a queue that hears what the environment's topic is told."""
    queue = dev.client("sqs").create_queue(QueueName="told")["QueueUrl"]
    topic = dev.client("ssm").get_parameter(Name="/slipway/dev/notifications/topic_arn")["Parameter"]["Value"]
    arn = dev.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    dev.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return queue


def subjects(dev: Environment, queue: str) -> list[str]:
    """Return the subjects of the releases' messages so far, and forget them."""
    found: list[str] = []
    while messages := dev.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            found.append(str(json.loads(message["Body"]).get("Subject", "")))
            dev.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return [subject for subject in found if subject.startswith("web ")]


def at_gate(run: subprocess.Popen[str]) -> None:
    """Read until a run asks."""
    for line in run.stdout or ():
        if "abort.yml goes back" in line:  # its plan says "asks before" too
            return
    raise AssertionError("the run never asked")


def test_a_run_asks_and_goes_on_when_somebody_answers(dev: Environment, told: str) -> None:
    wanted = another_version(dev)
    with Load(dev.url, dev.variables) as load:
        run = begun(dev, wanted, *short(release_gates=["100"], release_gate_minutes=600))
        at_gate(run)
        refused = release(dev, wanted, expect=2).said
        standing = dev.playbook("playbooks/release_status.yml", "-e", "service=web").said
        assert dev.playbook("playbooks/promote.yml", "-e", "service=web").code == 0
        output, _ = run.communicate(timeout=300)
    assert run.returncode == 0, output
    assert load.failures == []
    assert "is being changed by" in refused
    assert "playbooks/abort.yml ends it" in refused
    assert "goes on: waiting, step 1 of 2" in standing
    look = rf"web {wanted} step 1/2 50 % \S+ requests [\d ]+ of [\d ]+ errors .* evidence [\d.]+/20"
    assert re.search(look, standing)
    assert version(dev) == wanted
    stands_on_one_side(dev)
    assert subjects(dev, told) == [f"web {wanted}: {what}" for what in ("begun", "succeeded")]
    number = int(record(dev)["number"]["N"])
    bucket = dev.client("ssm").get_parameter(Name="/slipway/dev/state/bucket")["Parameter"]["Value"]
    page = dev.client("s3").get_object(Bucket=bucket, Key=f"releases/web/{number:06d}.html")["Body"].read().decode()
    assert f"web {wanted}" in page


@pytest.mark.soak
def test_a_run_that_ends_at_a_gate_is_gone_on_with(dev: Environment) -> None:
    before, wanted = version(dev), another_version(dev)
    with Load(dev.url, dev.variables) as load:
        detached = release(
            dev, wanted, *short(release_gates=["promotion"], release_gate_minutes=600), "-e", "detach=true"
        )
        quiet()
        assert item(dev, "lease#release/web")["run"]["S"] == "waiting"
        assert version(dev) == before
        assert sorted(weights(dev).values()) == [50, 950]
        refused = release(dev, before, expect=2).said
        dev.playbook("playbooks/promote.yml", "-e", "service=web")
    assert "asks before promotion" in detached.said
    assert "waits for an answer" in refused
    assert "playbooks/promote.yml -e service=web" in refused
    assert load.failures == []
    assert version(dev) == wanted
    stands_on_one_side(dev)


def test_nobody_answers_and_it_goes_back(dev: Environment) -> None:
    before = version(dev)
    told = release(dev, another_version(dev), *short(release_gates=["50"], release_gate_minutes=1), expect=2).said
    assert "nobody answered before 50 within 1 minutes" in told
    assert version(dev) == before
    stands_on_one_side(dev)
    refused = dev.playbook("playbooks/promote.yml", "-e", "service=web", expect=2).said
    assert "No release of web waits for an answer" in refused


def test_nobody_comes_back_and_what_is_left_is_found_and_removed(dev: Environment) -> None:
    before, stable = version(dev), record(dev)["stable"]["S"]
    idle = {"blue": "green", "green": "blue"}[stable]
    waiting = short(release_gates=["promotion"], release_gate_minutes=3)
    with Load(dev.url, dev.variables) as load:
        release(dev, another_version(dev), *waiting, "-e", "detach=true")
        until(lambda: weights(dev) == {stable: 999, idle: 0}, "the dead man's switch puts traffic back")
        seen = dev.playbook("playbooks/release_clean.yml", "-e", "service=web", "--check")
        assert "left unfinished" in seen.said
        assert running(dev)[idle] > 0
        assert dev.playbook("playbooks/release_clean.yml", "-e", "service=web").changed == {"web": 1}
    assert load.failures == []
    assert version(dev) == before
    stands_on_one_side(dev)


def test_leftovers_of_all_kinds_are_found_and_removed(dev: Environment) -> None:
    ecs, idle = dev.client("ecs"), {"blue": "green", "green": "blue"}[record(dev)["stable"]["S"]]
    ecs.update_service(cluster="slipway-dev", service=f"slipway-dev-web-{idle}", desiredCount=1)
    dev.client("dynamodb").update_item(
        TableName="slipway-dev-leases",
        Key={"id": {"S": "switch#web"}},
        UpdateExpression="SET safe = :safe",
        ExpressionAttributeValues={":safe": {"S": "[]"}},
    )
    seen = dev.playbook("playbooks/release_clean.yml", "-e", "service=web", "--check").said
    planned = dev.playbook("playbooks/release_plan.yml", "-e", "service=web", "-e", "image_tag=1.0.0").said
    for text in (f"1 tasks of {idle}", "a dead man's switch that watches no release"):
        assert text in seen
        assert f"left over: {text}" in planned
    assert running(dev)[idle] == 1
    dev.playbook("playbooks/release_clean.yml", "-e", "service=web")
    assert running(dev)[idle] == 0
    assert "safe" not in item(dev, "switch#web")
    again = dev.playbook("playbooks/release_clean.yml", "-e", "service=web")
    assert again.changed == {}
    assert "nothing is left over" in again.said
