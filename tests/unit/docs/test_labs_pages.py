"""A lab has what a lab must have, and what runs them reads them rightly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.labs import FRAME, LABS, PAGES, Command, blocks, commands

ROOT = Path(__file__).parents[3]
SECTIONS = ["Goal", "Start", "Do", "Check", "When it goes wrong", "Read"]
INDEX = (ROOT / "docs" / "labs" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", LABS, ids=lambda page: page.stem)
def test_a_lab_has_all_its_sections_and_one_check(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert [kind for kind, _ in blocks(page)].count("check") == 1
    assert "```console check\n" in text.partition("## Check")[2]
    assert re.search(r"^\* \[", text.partition("## Read")[2], re.MULTILINE)
    assert page.name in INDEX


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_start_and_end_are_the_same_everywhere(page: Path) -> None:
    found = [(kind, text.strip()) for kind, text in blocks(page) if kind in FRAME]
    assert found == list(FRAME.items())
    assert {kind for kind, _ in blocks(page)} <= {"", "fails", "check", *FRAME}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_shows_something(page: Path) -> None:
    found = commands(page)
    assert len(found) > 2
    assert all(len(command.text) <= 400 for command in found)
    assert len([one for one in found if one.shows]) >= len([kind for kind, _ in blocks(page) if kind not in FRAME])


def test_what_a_command_shows_is_looked_for_in_order() -> None:
    command = Command("x", ["one … three", "four"])
    assert command.problem(0, "one two\n three   four") == ""
    assert "'three'" in command.problem(0, "three one four")
    assert command.problem(1, "one three four") == "ended with 1"
    assert Command("x", fails=True).problem(0, "") == "ended with 0"


def test_a_page_is_read_as_it_stands(tmp_path: Path) -> None:
    page = tmp_path / "x.md"
    page.write_text("```console\n$ one\na\n$ two \\\n> three\n```\n\n```console fails\n$ four\n```\n", encoding="utf-8")
    assert commands(page) == [Command("one", ["a"]), Command("two \\\nthree"), Command("four", fails=True)]
