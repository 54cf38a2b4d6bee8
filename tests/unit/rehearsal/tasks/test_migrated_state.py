"""The state of an environment comes from one account into another whole, and is left alone where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.assumed import Role
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud as Account
from ansible_collections.slipway.aws.plugins.plugin_utils.records import stored
from ansible_collections.slipway.aws.plugins.plugin_utils.release.again import is_elsewhere, registered_again
from ansible_collections.slipway.aws.plugins.plugin_utils.release.journal import SUCCEEDED, Journal
from ansible_collections.slipway.aws.plugins.plugin_utils.release.status import history
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.state_migration import migration
from ansible_collections.slipway.aws.plugins.plugin_utils.state_migration.migration import (
    Home,
    images,
    lines,
    look,
    migrate,
)
from tests.unit.rehearsal.shared_account import member
from tests.unit.rehearsal.tasks.conftest import REGION, Cloud

TABLE, REPOSITORY, OUTPUTS = "moved-dev-leases", "moved-dev/web", "/moved/dev"
OPTIONS = {"environment": "dev", "project": "moved", "services": ["web"]}
FENCES = {"release/web": 2}


class Here(Home):
    """A place in which tests write."""

    def put(self, **item: Any) -> None:
        self.cloud.write("dynamodb", "put_item", TableName=self.table, Item=stored(item)["M"])

    def item(self, key: str) -> dict[str, Any]:
        found = self.cloud.read("dynamodb", "get_item", TableName=self.table, Key={"id": {"S": key}})
        return dict(found.get("Item", {}))


def made(account: Account, bucket: str) -> Here:
    """Return a place with what the components state and registry make."""
    account.write(
        "dynamodb",
        "create_table",
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    account.write("s3", "create_bucket", Bucket=bucket)
    account.write("ecr", "create_repository", repositoryName=REPOSITORY)
    for name, value in (("lease_table", TABLE), ("bucket", bucket)):
        account.write(
            "ssm", "put_parameter", Name=f"{OUTPUTS}/state/{name}", Value=value, Type="String", Overwrite=True
        )
    told = Home.of(account, OUTPUTS)
    return Here(told.cloud, told.table, told.bucket)


def removed(here: Here) -> None:
    here.cloud.write("dynamodb", "delete_table", TableName=TABLE)
    for key in here.bucket.listed():
        here.cloud.write("s3", "delete_object", Bucket=here.bucket.name, Key=key)
    here.cloud.write("s3", "delete_bucket", Bucket=here.bucket.name)
    here.cloud.write("ecr", "delete_repository", repositoryName=REPOSITORY, force=True)


@pytest.fixture
def places(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Here, Here]]:
    """Give where dev was, with two releases, and an empty place in an account of its own."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.world.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    role = Role(f"arn:aws:iam::{member(cloud.organizations)}:role/OrganizationAccountAccessRole")
    both = made(Account(REGION), "moved-before"), made(Account(REGION, role=role), "moved-after")
    released(cloud, both[0])
    yield both
    for one in both:
        removed(one)


def released(cloud: Cloud, source: Here) -> None:
    """Have dev release 1.0.0 by site.yml, then 1.1.0 and 1.2.0, of which the last went back."""
    digests = {tag: str(cloud.mover.order_push(f"web:{tag}", REPOSITORY, REGION)) for tag in ("1.0.0", "1.1.0")}
    versions = {tag: {"image_tag": tag, "digest": one, "revision": "arn:old"} for tag, one in digests.items()}
    gone = {"image_tag": "1.2.0", "digest": f"sha256:{'0' * 64}", "revision": "arn:old"}
    journal = Journal(source.cloud, TABLE, "web", 7)
    for number, to, status in ((2, versions["1.1.0"], SUCCEEDED), (3, gone, "rolled back")):
        told = {"service": "web", "number": number, "status": status, "to": to, "looks": [{"requests": 40}]}
        journal.close(told)
        source.bucket.put(f"releases/web/00000{number}.html", f"<p>{number}</p>".encode(), "text/html")
    own = {"service": "web", "engine": "weighted", "stable": "green", "number": 2, "floor": 1}
    source.put(id="services/web", **own, **versions["1.1.0"], previous=versions["1.0.0"])


def taken_over(source: Home, target: Home) -> list[str]:
    """Take everything over and return what was not there."""
    found = look(source, target)
    images(source, target, OPTIONS, found, check=False)
    migrate(source, target, found, FENCES)
    return found.ids


def tags(here: Home) -> set[str]:
    told = here.cloud.read("ecr", "describe_images", repositoryName=REPOSITORY)["imageDetails"]
    return {tag for one in told for tag in one["imageTags"]}


def test_all_of_it_comes_over_once(places: tuple[Here, Here]) -> None:
    source, target = places
    before = [source.item(key) for key in ("release#web", "services/web")], source.bucket.listed()
    assert taken_over(source, target) == [
        "release#web",
        "release#web#000002",
        "release#web#000003",
        "releases/web/000002.html",
        "releases/web/000003.html",
        "image web 1.1.0",
        "image web 1.0.0",
    ]
    journals = [Journal(one.cloud, TABLE, "web") for one in places]
    assert history(journals[0], 20) == history(journals[1], 20)
    assert [entry["looks"] for entry in history(journals[1], 20)] == [[{"requests": 40}]] * 2
    assert target.bucket.get("releases/web/000003.html") == (b"<p>3</p>", "text/html")
    assert tags(target) == {"1.0.0", "1.1.0"}
    assert taken_over(source, target) == []
    assert ([source.item(key) for key in ("release#web", "services/web")], source.bucket.listed()) == before


def test_a_release_here_can_go_on_with_the_history(places: tuple[Here, Here]) -> None:
    taken_over(*places)
    Journal(places[1].cloud, TABLE, "web", FENCES["release/web"]).write({"number": 4, "status": "running"})
    assert places[1].item("release#web")["number"] == {"N": "4"}


def test_a_plan_writes_nothing(places: tuple[Here, Here]) -> None:
    source, target = places
    found = look(source, target)
    images(source, target, OPTIONS, found, check=True)
    assert len(found.ids) == 7
    assert target.item("release#web") == {}
    assert target.bucket.listed() == []
    assert target.cloud.read("ecr", "describe_images", repositoryName=REPOSITORY)["imageDetails"] == []


def test_the_record_follows_when_the_same_serves_here(places: tuple[Here, Here]) -> None:
    source, target = places
    taken_over(source, target)
    found = look(source, target)
    assert "web runs nothing here yet" in lines(source, found)[-1]
    own = {"service": "web", "engine": "ecs", "stable": "blue", "revision": "arn:new", "number": 1}
    serving = source.item("services/web")["digest"]["S"]
    target.put(id="services/web", **own, image_tag="1.1.0", digest=serving)
    assert taken_over(source, target) == ["services/web"]
    record = target.item("services/web")
    assert (record["number"], record["revision"], record["stable"]) == ({"N": "2"}, {"S": "arn:new"}, {"S": "blue"})
    assert record["previous"] == source.item("services/web")["previous"]
    assert taken_over(source, target) == []


@pytest.mark.parametrize("check", [True, False])
def test_an_image_that_has_expired_is_told_and_one_that_serves_is_needed(
    check: bool, places: tuple[Here, Here]
) -> None:
    source, target = places
    expire(source, "1.0.0")
    found = look(source, target)
    images(source, target, OPTIONS, found, check=check)
    assert found.copied == ["web 1.1.0"]
    assert lines(source, found)[-1].startswith("the image of web 1.0.0 has expired")
    expire(source, "1.1.0")
    if check:
        with pytest.raises(ConvergeError, match=r"^web 1\.1\.0 serves, but its image sha256:.* has expired"):
            images(source, target, OPTIONS, found, check=check)
    else:
        images(source, target, OPTIONS, found, check=check)
        assert found.copied == []


def expire(here: Here, tag: str) -> None:
    here.cloud.write("ecr", "batch_delete_image", repositoryName=REPOSITORY, imageIds=[{"imageTag": tag}])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda source, _: source.put(id="release#web", number=4, status="running"), "release 4 of web has not ended"),
        (lambda source, _: source.put(id="experiment#web", ended=0), "an experiment of web goes on"),
        (
            lambda _, target: target.put(id="release#web", number=9, status="succeeded"),
            "web was released in both since they were the same: there 2, 3, here 9",
        ),
        (
            lambda _, target: target.bucket.put("releases/web/000002.html", b"other", "text/html"),
            "releases/web/000002.html is another object in moved-before than in moved-after",
        ),
    ],
)
def test_nothing_is_copied_from_what_is_not_at_rest(
    change: Callable[[Here, Here], None], told: str, places: tuple[Here, Here]
) -> None:
    change(*places)
    with pytest.raises(ConvergeError, match=rf"^account 123456789012, us-east-1 is not at rest.*{told}"):
        look(*places)


def test_what_was_written_meanwhile_is_noticed(places: tuple[Here, Here], monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = places
    found = look(source, target)

    def copied(*given: Any) -> None:
        migration_copy(*given)
        source.bucket.put("releases/web/000004.html", b"late", "text/html")

    migration_copy = migration.copy
    monkeypatch.setattr(migration, "copy", copied)
    with pytest.raises(ConvergeError, match=r"are not the same after the copy: releases/web/000004\.html; somebody"):
        migrate(source, target, found, FENCES)


def test_a_journal_of_a_newer_lease_is_not_overwritten(places: tuple[Here, Here]) -> None:
    source, target = places
    found = look(source, target)
    target.put(id="release#web", number=3, status="running", fence=9)
    with pytest.raises(ConvergeError, match="release#web is another run's by now"):
        migrate(source, target, found, FENCES)


def test_what_does_not_stand_is_named(places: tuple[Here, Here]) -> None:
    source, target = places
    target.cloud.write("ecr", "delete_repository", repositoryName=REPOSITORY, force=True)
    with pytest.raises(ConvergeError, match=r"run the component registry first \(--limit registry\)"):
        images(source, target, OPTIONS, look(source, target), check=True)
    target.cloud.write("ecr", "create_repository", repositoryName=REPOSITORY)
    target.cloud.write("ssm", "delete_parameter", Name=f"{OUTPUTS}/state/bucket")
    account = target.cloud.identity()["account"]
    with pytest.raises(ConvergeError, match=rf"^account {account}, us-east-1: .* run the component state first"):
        Home.of(target.cloud, OUTPUTS)


def test_a_version_of_another_account_gets_a_revision_here(cloud: Cloud, places: tuple[Here, Here]) -> None:
    account = places[0].cloud
    image = cloud.container(image=f"{cloud.uri}@sha256:{'1' * 64}")
    tag = [{"key": "environment", "value": "dev"}]
    serving = cloud.register(image, {**image, "name": "collector", "portMappings": []}, family="moved-web", tags=tag)
    assert not is_elsewhere(account, serving)
    assert is_elsewhere(account, serving.replace("123456789012", "210987654321"))
    assert is_elsewhere(account, serving.replace("us-east-1", "us-west-2"))
    made_again = registered_again(account, serving, f"sha256:{'2' * 64}")
    assert made_again != serving
    told = account.read("ecs", "describe_task_definition", taskDefinition=made_again, include=["TAGS"])
    ours = [one["image"].partition("@")[2] for one in told["taskDefinition"]["containerDefinitions"]]
    assert ours == [f"sha256:{'2' * 64}", f"sha256:{'1' * 64}"]
    assert told["tags"] == tag
