from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.service import (
    container_environment,
    container_secrets,
    container_user,
    free_priorities,
    pending_release,
    pinned_image,
    short_name,
    writable_mounts,
    writable_volumes,
)

LONG = "slipway-staging-checkout-service"


def test_short_names_stay() -> None:
    assert short_name("slipway-dev-web", 26) == "slipway-dev-web"
    assert short_name("a" * 26, 26) == "a" * 26


def test_long_names_are_cut_and_stay_different() -> None:
    names = {short_name(f"{LONG}-{end}", 26) for end in ("one", "two")}
    assert len(names) == 2
    assert all(len(name) <= 26 and name.startswith("slipway-staging-che") for name in names)


def test_a_name_never_has_two_dashes_where_it_was_cut() -> None:
    assert "--" not in short_name("abcdefgh-ijklmnopqrstuvwxyz", 16)


def test_a_digest_counts_in_place_of_the_tag() -> None:
    image, digest = "registry.example:5000/a/b", f"sha256:{'0a' * 32}"
    assert pinned_image(f"{image}:v1", digest) == pinned_image(image, digest) == f"{image}@{digest}"
    assert pinned_image(f"{image}@{digest}", digest) == f"{image}@{digest}"
    assert pinned_image(f"{image}:v1", "") == f"{image}:v1"


@pytest.mark.parametrize(
    ("image", "digest"), [("a:1", "0a"), ("a:1", "sha256:0A"), ("a@sha256:1", f"sha256:{'0' * 64}")]
)
def test_what_is_no_digest_or_another_is_refused(image: str, digest: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"the digest of {image} is '{digest}'"):
        pinned_image(image, digest)


def test_environment_is_text_in_order() -> None:
    wanted = [{"name": "A", "value": "true"}, {"name": "B", "value": "8080"}]
    assert container_environment({"B": 8080, "A": True}) == wanted


@pytest.mark.parametrize(
    ("variables", "text"),
    [({"TOKEN": "x"}, "TOKEN is a secret of this service"), ({"AWS_SECRET_ACCESS_KEY": "x"}, "must not be in an env")],
)
def test_environment_refuses_secrets_in_clear(variables: dict[str, str], text: str) -> None:
    with pytest.raises(AnsibleFilterError, match=text):
        container_environment(variables, ["TOKEN"])


def test_secrets_refer_to_what_is_published() -> None:
    found = {entry["name"]: entry["valueFrom"] for entry in container_secrets(["TOKEN"], "web", database="web")}
    assert found["TOKEN"] == "${output.secrets.web.TOKEN}"  # noqa: S105  a reference, no secret
    assert found["DATABASE_NAME"] == "${output.database_access.web}:dbname::"
    assert len(found) == 6


def test_own_secrets_win_over_the_database_s() -> None:
    found = {entry["name"]: entry["valueFrom"] for entry in container_secrets(["DATABASE_HOST"], "web", database="web")}
    assert found["DATABASE_HOST"] == "${output.secrets.web.DATABASE_HOST}"


def test_writable_paths_are_volumes() -> None:
    paths = ["/tmp", "/var/cache/app"]  # noqa: S108  inside of a container
    assert writable_volumes(paths) == [{"name": "tmp"}, {"name": "var-cache-app"}]
    assert [mount["containerPath"] for mount in writable_mounts(paths)] == paths
    assert [mount["sourceVolume"] for mount in writable_mounts(paths)] == ["tmp", "var-cache-app"]


@pytest.mark.parametrize("path", ["tmp", "/", ""])
def test_writable_paths_are_absolute(path: str) -> None:
    with pytest.raises(AnsibleFilterError, match="absolute paths"):
        writable_volumes([path])


def change(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"before": before, "after": after}]


DIGESTS = [f"1.dkr.ecr.us-east-1.amazonaws.com/slipway-dev/web@sha256:{digit * 64}" for digit in "ab"]
CHANGES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"cpu": "256"}, {"cpu": "512"}, "cpu 256 -> 512"),
    (
        {"ephemeralStorage": None},
        {"ephemeralStorage": {"sizeInGiB": 30}},
        "ephemeralStorage unset -> {'sizeInGiB': 30}",
    ),
    ({"Tags": {}}, {"Tags": {"a": "b"}}, ""),
    (
        {"containerDefinitions": [{"name": "web", "image": DIGESTS[0], "user": "1"}]},
        {"containerDefinitions": [{"name": "web", "image": DIGESTS[1], "user": "1"}]},
        "web.image web@sha256:aaaaaaaaaaaa -> web@sha256:bbbbbbbbbbbb",
    ),
    (
        {"containerDefinitions": [{"name": "web", "environment": []}]},
        {"containerDefinitions": [{"name": "web", "environment": [{"name": "A", "value": "1"}]}]},
        "web.environment unset -> {A=1}",
    ),
]


@pytest.mark.parametrize(("before", "after", "text"), CHANGES)
def test_a_pending_release_is_told_in_one_line(before: dict[str, Any], after: dict[str, Any], text: str) -> None:
    assert pending_release(change(before, after)) == text


def test_nothing_is_pending_without_changes() -> None:
    assert pending_release([]) == ""


@pytest.mark.parametrize("user", ["10001", 10001, "app", "app:app", "1000:0"])
def test_a_user_is_text(user: str | int) -> None:
    assert container_user(user) == str(user)


@pytest.mark.parametrize("user", ["0", 0, "root", "root:app", "00", ""])
def test_root_is_refused(user: str | int) -> None:
    with pytest.raises(AnsibleFilterError, match="any user but root"):
        container_user(user)


def test_free_priorities_are_ahead_of_the_service_and_of_nobody_else() -> None:
    listed = {"web": {"priority": 101}, "api": {"priority": 100}, "cron": {"priority": 2}}
    assert free_priorities(listed, "api") == [4, 5]
    assert free_priorities(listed, "web") == [6, 7]


def test_free_priorities_that_are_not_there_are_refused() -> None:
    with pytest.raises(AnsibleFilterError, match=r"cron\.priority is 2; .* give the services greater"):
        free_priorities({"web": {"priority": 101}, "cron": {"priority": 2}}, "cron")
