"""Workflows: well formed, pinned, of least permissions, and the same for every environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ENVIRONMENTS = ["dev", "staging", "prod"]


def load(path: Path) -> dict[str, Any]:
    """Return a workflow; YAML takes the key ``on`` for a boolean."""
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  plain text only
    return content


def jobs() -> list[tuple[str, str, dict[str, Any]]]:
    return [(path.stem, name, job) for path in FILES for name, job in load(path)["jobs"].items()]


def steps() -> list[dict[str, Any]]:
    action = load(ROOT / ".github" / "actions" / "setup" / "action.yml")["runs"]["steps"]
    return [*action, *(step for _, _, job in jobs() for step in job.get("steps", []))]


@pytest.mark.parametrize(
    "command", [["actionlint"], ["zizmor", "--offline", "--no-progress", "."]], ids=lambda one: one[0]
)
def test_linters_have_nothing_to_say(command: list[str]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_dependabot_has_the_form_that_github_wants() -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_actions_are_pinned_by_hash_with_their_version_beside() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / ".github").rglob("*.yml")]
    used = [line for text in texts for line in re.findall(r"uses: (.+)", text)]
    others = [line for line in used if not line.startswith("./")]
    assert others
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)+", line) for line in others), others
    versions = {line.partition("@")[0]: line for line in others}
    assert set(versions.values()) == set(others), "one action in two versions"


def test_permissions_are_given_job_by_job_and_secrets_nowhere() -> None:
    for path in FILES:
        assert load(path)["permissions"] in ("", {}, {"contents": "read"}), path
        assert "secrets." not in path.read_text(encoding="utf-8")
    writing = {(workflow, name) for workflow, name, job in jobs() if "write" in str(job.get("permissions", ""))}
    assert {workflow for workflow, _ in writing} <= {
        "build",
        "deploy",
        "drift",
        "drills",
        "pipeline",
        "plan",
        "preview",
        "previews_expire",
        "rollback",
        "security",
        "verify",
    }
    assert all(step["with"]["persist-credentials"] == "false" for step in steps() if "checkout" in step.get("uses", ""))


def test_environments_are_those_of_the_inventories() -> None:
    shared = yaml.safe_load((ROOT / "group_vars" / "all" / "main.yml").read_text(encoding="utf-8"))
    assert shared["environments"] == ENVIRONMENTS
    lists = [job["strategy"]["matrix"].get("environment") for _, _, job in jobs() if "strategy" in job]
    assert {tuple(one) for one in lists if one} == {tuple(ENVIRONMENTS)}


def test_every_job_ends() -> None:
    assert all("uses" in job or int(job["timeout-minutes"]) <= 350 for _, _, job in jobs())


def test_a_playbook_that_fails_fails_its_step() -> None:
    for path in FILES:
        content = load(path)
        if "| tee" in path.read_text(encoding="utf-8"):
            assert content["defaults"]["run"]["shell"] == "bash", f"{path}: without bash there is no pipefail"


def test_what_is_not_ours_reaches_scripts_as_variables_only() -> None:
    assert not [step for step in steps() if "${{" in step.get("run", "")]


def test_one_run_at_a_time_changes_an_environment() -> None:
    groups = {workflow: job.get("concurrency", {}) for workflow, name, job in jobs() if name in {"deploy", "rollback"}}
    assert {text["group"].partition("$")[0] for text in groups.values()} == {"deploy-"}
    assert all(text["cancel-in-progress"] == "false" for text in groups.values())


def test_nothing_is_built_but_once_and_environments_follow_in_order() -> None:
    pipeline = load(ROOT / ".github" / "workflows" / "pipeline.yml")["jobs"]
    builds = [
        step for _, _, job in jobs() for step in job.get("steps", []) if "docker buildx build" in step.get("run", "")
    ]
    assert len(builds) == 1
    deployed = [name for name, job in pipeline.items() if job.get("uses", "").endswith("/deploy.yml")]
    assert deployed == ENVIRONMENTS
    assert [pipeline[name]["with"].get("source") for name in deployed] == [None, "dev", "staging"]
    assert pipeline["prod"]["needs"] == "plan-prod"


def test_dependencies_and_files_are_scanned_before_a_merge_and_every_week() -> None:
    scanning = {workflow for workflow, _, job in jobs() if "scripts/scan " in str(job.get("steps"))}
    assert scanning == {"verify", "security"}
    triggers = {name: load(ROOT / ".github" / "workflows" / f"{name}.yml")["on"] for name in scanning}
    assert "pull_request" in triggers["verify"]
    assert triggers["security"]["schedule"]


def test_scripts_are_sound_and_used() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in [*FILES, *(ROOT / ".github/scripts").iterdir()])
    for script in (ROOT / ".github" / "scripts").iterdir():
        assert script.stat().st_mode & 0o111
        assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8")
        assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
        assert f".github/scripts/{script.name}" in texts


def test_what_runs_and_what_it_is_built_on_is_looked_at_every_week() -> None:
    weekly = load(ROOT / ".github" / "workflows" / "security.yml")["jobs"]
    steps = {name: str(job["steps"]) for name, job in weekly.items()}
    assert "steps.runs.outputs.uri" in steps["image"]
    assert "aquasecurity/trivy-action" in steps["image"]
    assert "docker build --pull" in steps["rebuild"]
    assert all(".github/scripts/issue " in text for text in steps.values())


PINNED, NEWER = (f"sha256:{letter * 64}" for letter in "ab")


def base_images(tmp_path: Path, dockerfile: str) -> subprocess.CompletedProcess[str]:
    """Run the script where every tag leads to the digest NEWER; Dockerfile and report are in ``tmp_path``."""
    (tmp_path / "docker").write_text(f"#!/bin/sh\necho {NEWER}\n", encoding="utf-8")
    (tmp_path / "docker").chmod(0o755)
    (tmp_path / "Dockerfile").write_text(dockerfile, encoding="utf-8")
    command = [ROOT / ".github/scripts/base_images", tmp_path / "Dockerfile", tmp_path / "reports/base.md"]
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    return subprocess.run(command, env=path, capture_output=True, text=True, check=False)


def test_base_images_get_the_digests_that_their_tags_have_now(tmp_path: Path) -> None:
    text = "FROM python:3.13@{} AS build\nRUN true\nFROM gcr.io/distroless/python3:nonroot@{}\n"
    assert base_images(tmp_path, text.format(PINNED, NEWER)).stdout == "changed=true\n"
    assert (tmp_path / "Dockerfile").read_text(encoding="utf-8") == text.format(NEWER, NEWER)
    report = (tmp_path / "reports/base.md").read_text(encoding="utf-8")
    assert report == f"* `python:3.13` was `{PINNED}` and is `{NEWER}`\n"
    assert base_images(tmp_path, text.format(NEWER, NEWER)).stdout == "changed=false\n"


def test_a_base_image_that_cannot_be_looked_up_or_is_not_pinned_is_an_error(tmp_path: Path) -> None:
    assert base_images(tmp_path, "FROM python:3.13\n").returncode == 1
    bases = re.findall(r"^FROM \S+", (ROOT / "app/Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert all("@sha256:" in one for one in bases)


def test_an_image_is_verified_before_git_wants_it() -> None:
    (job,) = load(ROOT / ".github" / "workflows" / "deploy.yml")["jobs"].values()
    ran = "\n".join(step.get("run", step.get("uses", "")) for step in job["steps"])
    order = ["scripts/want", "sigstore/cosign-installer@", "scripts/signature", "scripts/commit", "release_wanted.yml"]
    places = [ran.find(part) for part in order]
    assert -1 not in places
    assert places == sorted(places)
    assert "continue-on-error" not in str(job)


def test_only_what_was_built_is_signed_and_what_is_there_must_be() -> None:
    (job,) = load(ROOT / ".github" / "workflows" / "build.yml")["jobs"].values()
    (text,) = (step["run"] for step in job["steps"] if step.get("id") == "image")
    building, verifying = text.split("\nfi\n")
    assert building.index("if ! digest") < building.index("docker buildx build") < building.index("cosign sign")
    assert ".github/scripts/signature" in verifying


@pytest.mark.parametrize("signed", [True, False])
def test_the_signature_must_be_of_this_repositorys_own_build(signed: bool, tmp_path: Path) -> None:
    told = tmp_path / "told"
    (tmp_path / "cosign").write_text(f'#!/bin/sh\necho "$@" > {told}\n{str(signed).lower()}\n', encoding="utf-8")
    (tmp_path / "cosign").chmod(0o755)
    github = {"SERVER_URL": "https://github.com", "REPOSITORY": "acme/shop", "REF": "refs/heads/main"}
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        **{f"GITHUB_{name}": value for name, value in github.items()},
    }
    command = [ROOT / ".github/scripts/signature", "registry/web@sha256:1a"]
    assert (subprocess.run(command, env=environment, check=False).returncode == 0) == signed
    assert told.read_text(encoding="utf-8").split() == [
        "verify",
        "registry/web@sha256:1a",
        "--certificate-identity",
        "https://github.com/acme/shop/.github/workflows/build.yml@refs/heads/main",
        "--certificate-oidc-issuer",
        "https://token.actions.githubusercontent.com",
    ]


@pytest.mark.parametrize(("service", "told"), [("web", "sha256:1a\n"), ("api", "")])
def test_the_digest_is_that_which_git_wants(service: str, told: str, tmp_path: Path) -> None:
    releases = tmp_path / "inventories/dev/group_vars/dev/releases.yml"
    releases.parent.mkdir(parents=True)
    releases.write_text("releases:\n  web: {image_tag: 1.0.0, digest: 'sha256:1a'}\n", encoding="utf-8")
    given = {"PATH": f"{BIN}:{os.environ['PATH']}", "ENVIRONMENT": "dev", "SERVICE": service}
    command = [ROOT / ".github/scripts/digest"]
    done = subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode == 0) == (told, bool(told))
