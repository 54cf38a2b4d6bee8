"""The labs, as their pages have them: every command is run, and shows what the page says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal import cli
from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment, quiet
from tests.e2e.labs import PAGES, SOAK, commands, run
from tests.e2e.releases import release, version

#: What `make up` leaves behind.
BEGINS_WITH = "1.0.0"


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


@pytest.fixture
def variables(dev: Environment) -> dict[str, str]:
    """Return the process environment of a shell that was told of the local cloud, with dev as `make up` leaves it."""
    quiet()
    if version(dev) != BEGINS_WITH:
        cli.order("tasks.push", image=f"web:{BEGINS_WITH}", repository="slipway-dev/web", region="us-east-1")
        release(dev, BEGINS_WITH, "-e", "release_strategy=all_at_once", "-e", "retry=true")
        quiet()
    return {**dev.variables, "PATH": f"{Path(sys.executable).parent}:{dev.variables['PATH']}"}


def marked(page: Path) -> Any:
    """Return a page as a parameter, one that takes longer than a minute marked so."""
    marks = [pytest.mark.soak] if SOAK in page.read_text(encoding="utf-8") else []
    return pytest.param(page, id=page.stem, marks=marks)


@pytest.mark.parametrize("page", [marked(page) for page in PAGES])
def test_every_command_shows_what_the_page_says(page: Path, variables: dict[str, str]) -> None:
    for command in commands(page):
        code, output = run(command, variables)
        problem = command.problem(code, output)
        assert not problem, f"{page.name}: {command.text}\n{problem}\n{output[-4000:]}"
