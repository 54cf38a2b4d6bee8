"""Wrong answers to the playbook are told at once, and nothing is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}


def run(*given: str) -> subprocess.CompletedProcess[str]:
    extra = [word for one in given for word in ("-e", one)]
    command = [sys.executable, "-m", "ansible", "playbook", "playbooks/adopt.yml", "-i", "inventories/dev", *extra]
    variables = {**os.environ, **NOWHERE, "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


def written() -> set[Path]:
    return set((ROOT / "inventories").rglob("*"))


@pytest.mark.parametrize(
    ("given", "sentences"),
    [
        (
            ["adopt_name=Shop!", "adopt_domain=shop"],
            ["adopt_name is Shop!; give 2 to 20", "give either adopt_state", "no domain"],
        ),
        (["adopt_name=prod", "adopt_tag=a=b"], ["adopt_name is prod, which is an environment already"]),
        (["adopt_name=shop", "adopt_tag=a=b", "adopt_state=x"], ["give either adopt_state"]),
        (["adopt_name=shop", "adopt_state=STUB"], ["only says where the state is kept (backend s3)"]),
    ],
    ids=["form", "taken", "both", "stub"],
)
def test_wrong_answers(given: list[str], sentences: list[str], tmp_path: Path) -> None:
    stub = tmp_path / "terraform.tfstate"
    stub.write_text(json.dumps({"version": 3, "backend": {"type": "s3"}}), encoding="utf-8")
    before = written()
    done = run(*(one.replace("STUB", str(stub)) for one in given))
    said = " ".join(done.stdout.split())
    assert done.returncode == 2, done.stdout + done.stderr
    for sentence in sentences:
        assert sentence in said
    assert written() == before
