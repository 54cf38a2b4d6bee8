"""The labs, as their pages have them: every command is run, and shows what the page says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment, quiet
from tests.e2e.labs import PAGES, commands, run
from tests.e2e.releases import TABLE, push, release, version

#: What `make up` leaves behind.
BEGINS_WITH = "1.0.0"
#: Begins the keys of the journals of the service's releases.
JOURNALS = "release#web"


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    return stand("dev")


@pytest.fixture
def variables(dev: Environment) -> dict[str, str]:
    """Return the process environment of a shell that was told of the local cloud, with dev as `make up` leaves it."""
    quiet()
    forget(dev)
    if version(dev) != BEGINS_WITH:
        push(BEGINS_WITH)
        release(dev, BEGINS_WITH, "-e", "release_strategy=all_at_once")
        quiet()
    return {**dev.variables, "PATH": f"{Path(sys.executable).parent}:{dev.variables['PATH']}"}


def forget(dev: Environment) -> None:
    """Forget every release, so that no version is refused because it was taken back."""
    table = dev.client("dynamodb")
    ours = {"FilterExpression": "begins_with(id, :name)", "ExpressionAttributeValues": {":name": {"S": JOURNALS}}}
    for one in table.scan(TableName=TABLE, **ours)["Items"]:
        table.delete_item(TableName=TABLE, Key={"id": one["id"]})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_shows_what_the_page_says(page: Path, variables: dict[str, str]) -> None:
    for command in commands(page):
        code, output = run(command, variables)
        problem = command.problem(code, output)
        assert not problem, f"{page.name}: {command.text}\n{problem}\n{output[-4000:]}"
