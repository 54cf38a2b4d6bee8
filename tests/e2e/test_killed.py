"""Whoever runs a playbook dies at any write, in any way; the next run goes on, and the end is the same."""

from __future__ import annotations

import itertools
import random

import pytest

from rehearsal import cli
from tests.e2e.environment import Environment

SEED = 20261123
#: Kills in a row until the environment stands; a run gets this many writes further than the one before.
KILLS = 12
FEWEST, MOST = 5, 45


def killed_after(environment: Environment, writes: int, how: dict[str, bool], *arguments: str) -> bool:
    """Run site.yml and kill it at a write; say whether it was killed before its end."""
    run = environment.begin("site.yml", *arguments)
    cli.order("fault", kind="kill-after-write", writes=writes, pid=run.pid, **how)
    code = run.wait(timeout=300)
    cli.order("clear")
    assert code in {0, -9}, f"ended with {code}, neither well nor killed"
    return code == -9


def test_killed_again_and_again_it_stands_in_the_end(fresh: Environment, standing_dev: dict[str, int]) -> None:
    chance = random.Random(SEED)  # noqa: S311  no secret comes of it
    kills = 0
    for _ in range(KILLS):
        how = {"group": chance.random() < 0.5, "before_answer": chance.random() < 0.5}
        kills += killed_after(fresh, chance.randint(FEWEST, MOST), how)
    assert kills >= KILLS - 2, f"only {kills} runs were killed: {SEED=} asks for more writes than there are"
    fresh.stands_like(standing_dev)


@pytest.mark.soak
@pytest.mark.parametrize("how", [{}, {"group": True}, {"before_answer": True}], ids=["one", "group", "unanswered"])
def test_killed_one_write_later_each_time(
    how: dict[str, bool], fresh: Environment, standing_dev: dict[str, int]
) -> None:
    """The first writes of every run take its leases, so a run must be let further than the one before."""
    for writes in itertools.count(1):
        if not killed_after(fresh, writes, how):
            break
    fresh.stands_like(standing_dev)
