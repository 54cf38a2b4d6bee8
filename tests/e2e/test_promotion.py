"""What Git wants and what runs, from one environment to the next."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from rehearsal import cli
from tests.e2e.conftest import Stand
from tests.e2e.environment import ROOT, Environment, quiet, writes
from tests.e2e.releases import runs

REPOSITORY = "slipway-staging/web"
AT_ONCE = "release_strategy=all_at_once"


@pytest.fixture(scope="module")
def staging(stand: Stand) -> Environment:
    stand("dev")
    return stand("staging")


def said(environment: Environment, playbook: str, *words: str, expect: int = 0) -> str:
    """Run a playbook and return what it says, in one line."""
    arguments = [part for word in words for part in (("-e", word) if "=" in word else (word,))]
    return environment.playbook(f"playbooks/{playbook}.yml", *arguments, expect=expect).said


def test_an_image_goes_on_by_its_digest(staging: Environment) -> None:
    client = staging.client("ecr")
    wanted = {"repositoryName": REPOSITORY, "imageIds": [{"imageTag": "1.0.0"}]}
    digest = client.describe_images(**wanted)["imageDetails"][0]["imageDigest"]
    client.batch_delete_image(repositoryName=REPOSITORY, imageIds=[{"imageDigest": digest}])
    quiet()
    before = writes()
    assert f"web 1.0.0 {digest[:19]} from dev, image copied" in said(staging, "promote_images", "source=dev", "--check")
    assert writes() == before
    told = said(staging, "promote_images", "source=dev")
    assert f"digest: {digest}" in told
    assert "staging runs the same" in told
    assert client.describe_images(**wanted)["imageDetails"][0]["imageDigest"] == digest


def test_only_an_environment_before_is_a_source(staging: Environment) -> None:
    assert "source is prod; give -e source=ENVIRONMENT, for staging one of dev" in said(
        staging, "promote_images", "source=prod", expect=2
    )


def test_nothing_is_released_where_git_has_its_way(staging: Environment) -> None:
    assert "Everything that was ever released runs what Git wants." in said(staging, "release_wanted")


def test_what_runs_is_shown_and_not_written(staging: Environment) -> None:
    path = ROOT / "inventories/staging/group_vars/staging/releases.yml"
    before = path.read_text(encoding="utf-8")
    told = said(staging, "record_releases")
    assert "Commit this as inventories/staging/group_vars/staging/releases.yml" in told
    assert "image_tag: 1.0.0" in told
    assert path.read_text(encoding="utf-8") == before


def test_two_environments_side_by_side(staging: Environment) -> None:
    told = said(staging, "diff_environments", "source=dev")
    assert '| network_cidr | `"10.10.0.0/16"` | `"10.20.0.0/16"` |' in told
    assert "| web | 1.0.0 sha256:" in told
    assert "one of dev, prod" in said(staging, "diff_environments", "source=staging", expect=2)


def wanting(tag: str, place: Path) -> str:
    """Write staging's inventory with another version in Git, and return its path."""
    inventory = shutil.copytree(ROOT / "inventories" / "staging", place / "staging")
    releases = inventory / "group_vars" / "staging" / "releases.yml"
    releases.write_text(yaml.safe_dump({"releases": {"web": {"image_tag": tag}}}), encoding="utf-8")
    return str(inventory)


def test_what_serves_before_is_released_by_the_same_digest(stand: Stand, staging: Environment, tmp_path: Path) -> None:
    """Whatever Git wants. Staging ends as it began, with what its own inventory says."""
    newer = Environment("staging", staging.variables, staging.logs)
    newer.inventory_path = wanting("1.1.0", tmp_path)
    cli.order("tasks.push", image="web:1.1.0", repository=REPOSITORY, region="us-east-1")
    said(newer, "release_wanted", AT_ONCE)
    wanted = runs(stand("dev"))
    assert runs(newer)["digest"] != wanted["digest"]
    gone = {"repositoryName": REPOSITORY, "imageIds": [{"imageDigest": wanted["digest"]}]}
    assert not newer.client("ecr").batch_delete_image(**gone)["failures"]
    told = said(newer, "promote_environment", "source=dev", AT_ONCE)
    assert f"{wanted['digest'][:19]} from dev, image copied" in told
    assert "staging runs 1.1.0" in told
    assert runs(newer) == wanted
    assert newer.body("/version")["version"] == wanted["image_tag"]
