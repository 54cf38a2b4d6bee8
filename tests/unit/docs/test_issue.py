"""A workflow that has something to say has one issue for it, open for as long as it has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
TITLE = "Drift of dev"
#: GitHub's side: a file of issues. A search finds titles that have the words in them. gh has jq built in.
GH = """#!{python}
import json, subprocess, sys
from pathlib import Path
file = Path({issues!r})
issues = json.loads(file.read_text())
noun, verb, *words = sys.argv[1:]
given = dict(zip(words, words[1:]))
assert noun == "issue"
if verb == "list":
    phrase = given["--search"].removeprefix("in:title ").strip('"')
    found = [one for one in issues if one["state"] == given["--state"] and phrase in one["title"]]
    sys.exit(subprocess.run(["jq", "-r", given["--jq"]], input=json.dumps(found), text=True).returncode)
if verb == "create":
    issues.append({{"number": len(issues) + 1, "title": given["--title"], "state": "open"}})
one = issues[-1] if verb == "create" else issues[int(words[0]) - 1]
if verb == "close":
    one["state"] = "closed"
else:
    one["body"] = Path(given["--body-file"]).read_text()
file.write_text(json.dumps(issues))
"""


class Tracker:
    """Issues of a repository, and the script that keeps one of them."""

    def __init__(self, place: Path) -> None:
        self.place, self.file = place, place / "issues"
        self.file.write_text("[]", encoding="utf-8")
        (place / "gh").write_text(GH.format(python=sys.executable, issues=str(self.file)), encoding="utf-8")
        (place / "gh").chmod(0o755)

    @property
    def issues(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.file.read_text(encoding="utf-8"))
        return found

    @property
    def open(self) -> dict[int, tuple[str, str]]:
        """Titles and texts of what is open, by number."""
        return {one["number"]: (one["title"], one["body"]) for one in self.issues if one["state"] == "open"}

    def tell(self, outcome: str, text: str | None = None, title: str = TITLE) -> None:
        """Run the script after a step that ended so, with a report of this text or without one."""
        report = self.place / "report.md"
        report.unlink(missing_ok=True)
        if text is not None:
            report.write_text(text, encoding="utf-8")
        env = {"PATH": f"{self.place}:{os.environ['PATH']}", "OUTCOME": outcome} | {
            "GITHUB_STEP_SUMMARY": str(self.place / "summary"),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "example/slipway",
            "GITHUB_RUN_ID": "7",
        }
        subprocess.run([ROOT / ".github/scripts/issue", title, report], env=env, check=True, timeout=60)


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    """Return an empty tracker."""
    if not shutil.which("jq"):
        pytest.skip("NOT TESTED: this machine has no jq, which GitHub's runners have; install it")
    return Tracker(tmp_path)


def test_one_issue_is_opened_updated_and_closed(tracker: Tracker) -> None:
    tracker.tell("success", "all is well")
    assert tracker.issues == []
    for text in ("a subnet", "a subnet and a role"):
        tracker.tell("failure", text)
        assert tracker.open == {1: (TITLE, text)}
    tracker.tell("success", "all is well")
    assert tracker.open == {}
    tracker.tell("failure", "a role")
    assert tracker.open == {2: (TITLE, "a role")}
    assert (tracker.place / "summary").read_text(encoding="utf-8") == "a subneta subnet and a rolea role"


def test_an_issue_with_more_in_its_title_is_another(tracker: Tracker) -> None:
    tracker.tell("failure", "theirs", f"{TITLE}-east")
    tracker.tell("success")
    assert tracker.open == {1: (f"{TITLE}-east", "theirs")}
    tracker.tell("failure", "ours")
    tracker.tell("failure", "ours again")
    assert tracker.open == {1: (f"{TITLE}-east", "theirs"), 2: (TITLE, "ours again")}


def test_a_run_without_a_report_is_told_with_its_log(tracker: Tracker) -> None:
    tracker.tell("failure")
    assert tracker.open[1][1] == "The run itself failed: https://github.com/example/slipway/actions/runs/7\n"
