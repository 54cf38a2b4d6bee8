"""What a rehearsal shows of a playbook's output: the whole plan of a release, its looks, and what changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal import cli
from rehearsal.rehearse import Rehearsal, Run
from tests.unit.release.test_plan import plan

OUTPUT = """TASK [release : Release, step by step, and back when the evidence says so] ***
  an indented line of no plan
  and one after it
{plan}
web starting 1 tasks of 1.2.0 in green
  another of no plan
  and one after it
ok: [web] => {{
    "msg": "no line of a plan"
changed: [web]
web                        : ok=31   changed=3    unreachable=0    failed=0    skipped=9    rescued=0    ignored=0
"""


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what is shown of a release."""
    monkeypatch.setattr(cli, "order", lambda _word: {"environment": {}})
    rehearsal, run = Rehearsal("dev", tmp_path), Run("a release")
    for line in OUTPUT.format(plan=plan(migration="expand")).splitlines():
        rehearsal.show(line, run)
    return capsys.readouterr().out.splitlines()


def test_all_of_the_plan_is_shown_and_nothing_that_only_looks_like_it(shown: list[str]) -> None:
    assert shown == [
        *(f"  {line}" for line in plan(migration="expand").splitlines()),
        "  web starting 1 tasks of 1.2.0 in green",
        "  changed  web              Release, step by step, and back when the evidence says so",
    ]
    for part in ("  migration: expand", "  the way back afterwards: rollback.yml", "  back on: "):
        assert any(line.startswith(f"  {part}") for line in shown), part
