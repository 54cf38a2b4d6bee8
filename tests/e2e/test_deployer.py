"""Whole lives of an environment with the rights of the role that is for each, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rehearsal import cli
from tests.e2e.environment import Environment
from tests.e2e.lifecycle import LIVES, SOURCE, TIME_SCALE, Lifecycle
from tools.deployer_policy import KINDS, document

#: What AWS says of a right that is missing; a playbook that fails anyway may have been refused something too.
REFUSED = "is not authorized to perform"


@pytest.mark.soak
@pytest.mark.parametrize("life", LIVES)
def test_nothing_else_is_needed(life: str, logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(kind for kind, lives in KINDS.items() if life in lives)
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(document("dev", kind, [SOURCE])), encoding="utf-8")
    monkeypatch.setenv("SLIPWAY_REHEARSAL_DIR", str(tmp_path / "cloud"))
    with cli.running_cloud(TIME_SCALE, more=[f"--policy={policy}"]) as variables:
        lived = list(Lifecycle(Environment("dev", variables, logs), tmp_path, life)())
    assert {step.arguments: told.output[-3000:] for step, told in lived if told.code != step.code} == {}
    assert {step.arguments: told.output[-3000:] for step, told in lived if REFUSED in told.said} == {}
