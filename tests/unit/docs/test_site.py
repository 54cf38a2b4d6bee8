"""The site is built from the pages as they lie; its links lead somewhere; commands on pages are ones that there are."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tools.playbook_inputs import known, load

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "app" / "README.md"]
_COMMAND = re.compile(r"ansible-playbook ((?:playbooks/\w+|site)\.yml[^`#\n]*)")
#: Around what may be left out; other brackets are of JSON.
_BRACKETS = re.compile(r"\[(-\w [^]]*)\]")
#: Stands for any inventory.
_ANY = re.compile(r"<|/[A-Z]+$")
_TARGET = re.compile(r"`make ([a-z0-9]+)|^(?:    |\$ )make ([a-z0-9]+)", re.MULTILINE)


def commands(text: str) -> Iterator[list[str]]:
    """Yield the arguments of each call of ansible-playbook on a page, without brackets around what may be left out."""
    for call in _COMMAND.findall(re.sub(r"\\\n(?:> )?", " ", text)):
        try:
            yield shlex.split(_BRACKETS.sub(r"\1", call))
        except ValueError:  # a sentence around it has an apostrophe
            yield call.split()


def mistakes(arguments: list[str], text: str) -> Iterator[str]:
    playbook, *rest = arguments
    if not (ROOT / playbook).exists():
        yield f"there is no {playbook}"
    for flag, value in pairwise(rest):
        if flag == "-i" and not is_inventory(value, text):
            yield f"there is no {value}"
        yield from (f"nothing is called {name}" for name in given(value) if flag == "-e" and name not in INPUTS)


def is_inventory(value: str, text: str) -> bool:
    """Return whether it stands for any, is in the repository, or is a file that the page writes."""
    named = (ROOT / value.rstrip(".,;:)")).is_dir()
    return named or bool(_ANY.search(value)) or f"cat > {value} <<" in text


def given(value: str) -> list[str]:
    """Return the variables that an argument of -e names; none of JSON that is cut, as where a page shows output."""
    name, equals, _ = value.partition("=")
    if not value.startswith("{"):
        return [name] if equals else []
    try:
        return list(json.JSONDecoder().raw_decode(value)[0])
    except ValueError:
        return []


INPUTS = known() | set(load(ROOT / "playbooks" / "vars" / "inputs.yml")["inputs"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_are_ones_that_there_are(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [problem for arguments in commands(text) for problem in mistakes(arguments, text)] == []
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {one or two for one, two in _TARGET.findall(text)} <= targets


def test_a_command_that_there_is_not_is_found() -> None:
    wrong = "    ansible-playbook playbooks/relase.yml -i inventories/prdo -e servce=web\n"
    assert len([problem for arguments in commands(wrong) for problem in mistakes(arguments, wrong)]) == 3
    wrong = """ansible-playbook site.yml [-i inventories/dev] \\\n> -e '{"release_step": [10], "history": 2}'\n"""
    assert [list(mistakes(arguments, wrong)) for arguments in commands(wrong)] == [["nothing is called release_step"]]


def test_the_site_is_built_and_no_link_leads_nowhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    pages = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")}
    assert {"index.html", "CHANGELOG.html", "docs/releases.html", "docs/reference/modules.html"} <= pages
    assert len([page for page in pages if page.startswith("roles/")]) == len(list((ROOT / "roles").iterdir()))
    assert len([page for page in pages if "/runbooks/" in page]) == len(list((ROOT / "docs/runbooks").iterdir()))
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert not re.findall(r'<(?:script|link)[^>]+(?:src|href)="https?://', text), "the site needs nothing from outside"
