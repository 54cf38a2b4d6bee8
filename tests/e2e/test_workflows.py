"""The workflows run for real against the local cloud: act in GitHub's place, playbooks and scripts as they are."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.actions import Workflows
from tests.e2e.conftest import ENVIRONMENTS, TIME_SCALE, Stand
from tests.e2e.environment import Environment
from tests.e2e.releases import runs

#: dev looks at nothing, so that a bad version gets as far as staging; the others look for long enough under load.
LOOKS = {
    "dev": {"release_strategy": "all_at_once", "release_bake_minutes": 0, "service_smoke": []},
    "staging": {"release_steps": [50], "release_bake_minutes": 60, "release_extend_minutes": 0, "service_smoke": []},
    "prod": {"release_strategy": "all_at_once", "release_bake_minutes": 2, "release_unclear": "promote"},
}


def edit(path: Path, more: dict[str, object]) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**content, **more}), encoding="utf-8")


def test_drift_opens_one_issue_and_closes_it(stand: Stand, tmp_path: Path) -> None:
    workflows = Workflows(tmp_path, stand("dev").variables)
    releases = workflows.tree / "inventories/dev/group_vars/dev/releases.yml"
    clean = releases.read_text(encoding="utf-8")
    cli.order("tasks.push", image="web:1.1.0", repository="slipway-dev/web", region="us-east-1")
    releases.write_text(clean.replace("1.0.0", "1.1.0"), encoding="utf-8")
    workflows.commit()
    found = workflows.run("workflow_dispatch", "drift.yml", "--matrix", "environment:dev")
    assert found.returncode != 0
    (opened,) = [words for words in workflows.told("gh") if words[:2] == ["issue", "create"]]
    assert "Drift of dev" in opened
    assert "| web | 1.1.0 | 1.0.0 | not released yet" in opened[-1]
    releases.write_text(clean, encoding="utf-8")
    workflows.git("commit", "--all", "--quiet", "--message", "Back")
    workflows.git("push", "--quiet", "origin", "main")
    workflows.issue.write_text("5", encoding="utf-8")
    same = workflows.run("workflow_dispatch", "drift.yml", "--matrix", "environment:dev")
    assert same.returncode == 0, same.stdout[-3000:]
    assert ["issue", "close", "5"] in [words[:3] for words in workflows.told("gh")]


@pytest.fixture
def everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Environment]]:
    """Return all environments, standing in a cloud of their own."""
    monkeypatch.setenv("SLIPWAY_REHEARSAL_DIR", str(tmp_path / "cloud"))
    with cli.running_cloud(TIME_SCALE) as variables:
        made = {name: Environment(name, variables, tmp_path) for name in ENVIRONMENTS}
        for environment in made.values():
            environment.stand_up()
        yield made


@pytest.mark.soak
def test_a_bad_version_ends_at_staging_and_a_good_one_in_prod(
    everywhere: dict[str, Environment], tmp_path: Path
) -> None:
    dev, staging, prod = everywhere.values()
    (tmp_path / "github").mkdir()
    workflows = Workflows(tmp_path / "github", dev.variables)
    passing = {"on": {"workflow_call": None}, "jobs": {"pass": {"runs-on": "ubuntu-24.04", "steps": [{"run": "true"}]}}}
    (workflows.tree / ".github/workflows/verify.yml").write_text(yaml.safe_dump(passing), encoding="utf-8")
    for name, looks in LOOKS.items():
        edit(workflows.tree / f"inventories/{name}/host_vars/web.yml", looks)
    workflows.commit()
    with contextlib.ExitStack() as stack:
        for environment in everywhere.values():
            stack.enter_context(Load(environment.url, environment.variables))
        bad = workflows.run("workflow_dispatch", "pipeline.yml", "--input", "image_tag=1.2.0-errors")
        ran = {name: runs(one)["image_tag"] for name, one in everywhere.items()}
        proposed = [words for words in workflows.told("gh") if words[:2] == ["pr", "create"]]
        good = workflows.run("workflow_dispatch", "pipeline.yml", "--input", "image_tag=1.1.0")
    assert bad.returncode != 0
    assert ran == {"dev": "1.2.0-errors", "staging": "1.0.0", "prod": "1.0.0"}, bad.stdout[-3000:]
    branch = proposed[0][proposed[0].index("--head") + 1]
    assert "1.0.0" in workflows.wanted("staging", branch)
    assert good.returncode == 0, good.stdout[-6000:]
    assert {name: runs(one)["digest"] for name, one in everywhere.items()} == dict.fromkeys(
        everywhere, runs(dev)["digest"]
    )
    assert all(runs(dev)["digest"] in workflows.wanted(name) for name in everywhere)
    assert "finds failures of" in good.stdout
    assert staging.get("/version") == prod.get("/version") == 200
    assert workflows.told("cosign")
