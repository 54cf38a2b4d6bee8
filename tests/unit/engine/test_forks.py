"""Computing in forks gives what computing here gives, whatever becomes of a fork."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils import forks
from ansible_collections.slipway.aws.plugins.plugin_utils.forks import in_forks

ITEMS = list(range(47))


@pytest.fixture(autouse=True)
def processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "_processors", lambda: 3)


def test_every_item_is_done_once_in_order_by_several_processes() -> None:
    found = in_forks(lambda part: (os.getpid(), list(part)), ITEMS)
    assert [item for _, part in found for item in part] == ITEMS
    assert len({pid for pid, _ in found} - {os.getpid()}) == len(found) == 3


@pytest.mark.parametrize("count", [0, 1, 2 * forks.LEAST - 1])
def test_few_are_done_here(count: int) -> None:
    assert in_forks(lambda part: (os.getpid(), len(part)), ITEMS[:count]) == [(os.getpid(), count)]


def test_a_fork_that_dies_is_made_up_for() -> None:
    here = os.getpid()

    def work(part: Sequence[int]) -> int:
        if os.getpid() != here and part[0] == 0:
            os._exit(1)
        return sum(part)

    assert sum(in_forks(work, ITEMS)) == sum(ITEMS)


def test_a_mistake_is_raised_here() -> None:
    def work(part: Sequence[int]) -> None:
        raise LookupError(part[0])

    with pytest.raises(LookupError, match=r"^0$"):
        in_forks(work, ITEMS)
