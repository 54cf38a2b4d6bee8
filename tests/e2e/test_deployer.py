"""Whole lives of an environment with the rights of its deployer, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rehearsal import cli
from tests.e2e.environment import Environment
from tests.e2e.lifecycle import LIVES, TIME_SCALE, Lifecycle
from tools.deployer_policy import document


@pytest.mark.soak
@pytest.mark.parametrize("life", LIVES)
def test_nothing_else_is_needed(life: str, logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "deployer.json"
    policy.write_text(json.dumps(document("dev")), encoding="utf-8")
    monkeypatch.setenv("SLIPWAY_REHEARSAL_DIR", str(tmp_path / "cloud"))
    with cli.running_cloud(TIME_SCALE, more=[f"--policy={policy}"]) as variables:
        lived = Lifecycle(Environment("dev", variables, logs), tmp_path, life)()
        codes = {" ".join(step.arguments): (told.code, step.code, told.output[-3000:]) for step, told in lived}
    assert {name: told for name, (code, wanted, told) in codes.items() if code != wanted} == {}
