"""Dev leaves a shared account for one of its own: what is kept of its releases comes along, and stays behind too."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment, quiet, writes
from tests.e2e.releases import TABLE, another_version, item, push, record, release, version

SHARED = "123456789012"
QUICK = ("-e", "release_strategy=all_at_once", "-e", "release_bake_minutes=1", "-e", "release_unclear=promote")
PLAYBOOK = "playbooks/migrate_state.yml"


class Moving:
    """Dev on its way.

    Attributes:
        dev: the environment.
        account: its new one.
    """

    def __init__(self, dev: Environment) -> None:
        self.dev = dev
        organizations = dev.client("organizations")
        organizations.create_organization(FeatureSet="ALL")
        made = organizations.create_account(Email="dev@example.com", AccountName="dev")
        self.account = str(made["CreateAccountStatus"]["AccountId"])
        self.role = f"arn:aws:iam::{self.account}:role/OrganizationAccountAccessRole"
        self.given: dict[str, Any] = {
            "aws_account_id": self.account,
            "aws_role_arn": self.role,
            "migrate_from": {"account": SHARED},
        }

    def run(self, playbook: str, *arguments: str, expect: int = 0, **more: Any) -> Any:
        """Run a playbook in the new account."""
        return self.dev.playbook(playbook, *arguments, "-e", json.dumps(self.given | more), expect=expect)

    def client(self, service: str) -> Any:
        """Return a client of the new account."""
        asked = {"RoleArn": self.role, "RoleSessionName": "test"}
        key = self.dev.client("sts").assume_role(**asked)["Credentials"]
        session: Any = boto3.session.Session(
            key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"], region_name="us-east-1"
        )
        return session.client(service, endpoint_url=self.dev.variables["AWS_ENDPOINT_URL"])

    def journals(self, client: Any) -> dict[str, Any]:
        """Return the releases that have ended, as a table has them."""
        found = client.scan(TableName=TABLE)["Items"]
        return {one["id"]["S"]: one for one in found if one["id"]["S"].startswith("release#web#")}


@pytest.fixture(scope="module")
def moving(stand: Stand) -> Moving:
    """Return dev after a release and a rollback, with state and registry in an account of its own."""
    dev = stand("dev")
    push("1.1.0", "1.2.0")
    release(dev, another_version(dev), *QUICK, "-e", "retry=true")
    dev.playbook("playbooks/rollback.yml", "-e", "service=web")
    found = Moving(dev)
    found.run("site.yml", "--limit", "state,registry,keys")
    return found


def told(output: str) -> list[str]:
    """Return the lines about releases."""
    return [line.strip(' ",') for line in output.splitlines() if "web #" in line]


def test_another_account_than_was_meant_is_not_read(moving: Moving) -> None:
    refused = moving.run(PLAYBOOK, expect=2, migrate_from={"account": "210987654321"})
    assert "migrate_from.account is 210987654321" in refused.said
    assert f"leads to {SHARED}; nothing was changed" in refused.said
    refused = moving.run(PLAYBOOK, expect=2, migrate_from={"account": moving.account, "role_arn": moving.role})
    assert "where dev is; set aws_account_id" in refused.said


def test_nothing_is_taken_over_while_a_run_goes_on_there(moving: Moving) -> None:
    table = moving.dev.client("dynamodb")
    held = {
        "run": {"S": "another"},
        "until": {"S": "2999-01-01T00:00:00.000Z"},
        "holder": {"M": {name: {"S": "anna"} for name in ("user", "machine", "pid", "since")}},
    }
    table.put_item(TableName=TABLE, Item={"id": {"S": "lease#network"}, "fence": {"N": "900"}, **held})
    refused = moving.run(PLAYBOOK, expect=2)
    table.put_item(TableName=TABLE, Item={"id": {"S": "lease#network"}, "fence": {"N": "901"}})
    assert "network is being changed by anna" in refused.said
    assert moving.journals(moving.client("dynamodb")) == {}


def test_a_plan_says_what_would_come_and_writes_nothing(moving: Moving) -> None:
    quiet()
    before = writes()
    planned = moving.run(PLAYBOOK, "--check")
    assert writes() == before
    assert f"image web {version(moving.dev)}" in planned.said
    assert planned.changed


def test_history_reports_and_images_come_over_once(moving: Moving) -> None:
    before = moving.dev.client("dynamodb").scan(TableName=TABLE)["Items"]
    first = moving.run(PLAYBOOK)
    assert first.changed == {"web": 1}
    assert "web runs nothing here yet" in first.said
    assert not moving.run(PLAYBOOK).changed
    assert moving.dev.client("dynamodb").scan(TableName=TABLE)["Items"] == before
    here = moving.journals(moving.client("dynamodb"))
    assert here == moving.journals(moving.dev.client("dynamodb"))
    assert len([one for one in here.values() if one["status"]["S"] == "succeeded"]) >= 2
    images = moving.client("ecr").describe_images(repositoryName="slipway-dev/web")["imageDetails"]
    there = record(moving.dev)
    wanted = {version(moving.dev), another_version(moving.dev)}  # what serves, and what was taken back
    assert wanted <= {tag for one in images for tag in one["imageTags"]}
    assert there["digest"]["S"] in {one["imageDigest"] for one in images}


def test_the_history_reads_the_same_in_both_accounts(moving: Moving) -> None:
    asked = ("playbooks/release_status.yml", "-e", "history=20")
    there = told(moving.dev.playbook(*asked).output)
    assert len(there) >= 2
    assert told(moving.run(*asked).output) == there
    client = moving.client("s3")
    bucket = f"slipway-dev-{moving.account}-us-east-1-state"
    keys = {one["Key"] for one in client.list_objects_v2(Bucket=bucket)["Contents"]}
    assert f"releases/web/{int(there[0].split('#')[1].split()[0]):06d}.html" in keys


def test_the_record_follows_what_serves_there(moving: Moving) -> None:
    there = record(moving.dev)
    # What site.yml writes when it has started the first version, which here it cannot: nothing moves in this account.
    own = {"stable": {"S": "blue"}, "number": {"N": "1"}, "revision": {"S": "arn:new"}}
    plain = {name: there[name] for name in ("id", "service", "engine", "image_tag", "digest", "released")}
    table = moving.client("dynamodb")
    table.put_item(TableName=TABLE, Item={**plain, **own})
    assert moving.run(PLAYBOOK).changed == {"web": 1}
    here = table.get_item(TableName=TABLE, Key={"id": {"S": "services/web"}})["Item"]
    assert here == {**there, "stable": own["stable"], "revision": own["revision"]}
    assert not moving.run(PLAYBOOK).changed
    assert record(moving.dev) == there
    assert item(moving.dev, "release#web")["number"] == there["number"]
