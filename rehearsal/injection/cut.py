"""Subnets that an experiment has cut off from everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.world import World

CUT = "injection.cut"


def cut(world: World, experiment: str, subnets: Iterable[str]) -> None:
    """Cut subnets off, by the id of the experiment that does it."""
    world.kept(CUT)[experiment] = frozenset(subnets)


def join(world: World, experiment: str) -> None:
    """Put right what an experiment has cut off."""
    world.kept(CUT).pop(experiment, None)


def cut_off(world: World) -> frozenset[str]:
    """Return the ids of the subnets that nothing enters or leaves now."""
    return frozenset[str]().union(*list(world.kept(CUT).values()))
