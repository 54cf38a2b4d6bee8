"""The life of an environment while AWS's API fails: it stands up, releases and goes, by runs that end well or go on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rehearsal import cli
from tests.e2e.environment import KEPT, UNPROTECTED, Environment, quiet
from tests.e2e.releases import item, push, stands_on_one_side, version

#: Runs after which a playbook must have ended well.
RUNS = 4
#: Of the calls, a tenth is throttled, a twentieth fails inside, one in fifty has an answer that is cut, one in fifty
#: that of a proxy; of the writes one in fifty loses its answer; a fifth of the reads shows for fifteen seconds what was
#: before.
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "throttle", "rate": 0.1},
    {"kind": "error", "rate": 0.05, "code": "InternalFailure"},
    {"kind": "lost-answer", "rate": 0.02},
    {"kind": "cut-answer", "rate": 0.02},
    {"kind": "web-page", "rate": 0.02},
    {"kind": "stale-reads", "rate": 0.2, "seconds": 15},
)
VERSION = "1.1.0"
#: What a release makes one of.
REVISION = "ecs:task-definition"
RELEASE = {"release_strategy": "all_at_once", "release_bake_minutes": 1, "release_unclear": "promote", "retry": True}


@contextmanager
def faults(seed: int, orders: tuple[dict[str, Any], ...] = FAULTS) -> Iterator[None]:
    """Let things go wrong inside of the block; chance comes of the seed, as far as the order of the calls does."""
    for number, fault in enumerate(orders):
        cli.order("fault", **fault, seed=seed * len(orders) + number)
    try:
        yield
    finally:
        cli.order("clear")


def runs_until_well(environment: Environment, playbook: str, *arguments: str) -> int:
    """Run a playbook again until it ends well; return how many runs it took."""
    for number in range(1, RUNS + 1):
        done = environment.playbook(playbook, *arguments, expect=None)
        if done.code == 0:
            return number
    raise AssertionError(f"{playbook} has not ended well after {RUNS} runs: {done.output[-3000:]}")


def nothing_is_held(environment: Environment) -> None:
    """Assert that no lease is held and no release is under way."""
    quiet()
    pages = environment.client("dynamodb").get_paginator("scan").paginate(TableName="slipway-dev-leases")
    items = [one for page in pages for one in page["Items"]]
    held = [one["id"]["S"] for one in items if one["id"]["S"].startswith("lease#") and "run" in one]
    assert held == []
    assert item(environment, "release#web").get("status", {}).get("S") in {None, "succeeded"}


class Life:
    """One life of an environment in an empty cloud.

    Args:
        environment: dev.
        seed: of chance.
    """

    def __init__(self, environment: Environment, seed: int) -> None:
        self.environment = environment
        self.seed = seed
        #: Runs and seconds that each playbook took.
        self.runs: dict[str, int] = {}
        self.seconds: dict[str, float] = {}

    def stands(self, undisturbed: dict[str, int]) -> None:
        """Stand up; nothing is there twice, nothing is missing, nothing is left to do."""
        with faults(self.seed):
            self._run("site.yml")
        self.environment.push_images()
        with faults(-self.seed):
            self._run("services", "site.yml", "--limit", "services")
        nothing_is_held(self.environment)
        assert self.environment.inventory() == undisturbed
        assert self.environment.playbook("site.yml").changed == {}
        assert self.environment.get("/version") == 200

    def releases(self) -> None:
        """Release a version; the platform stays as it was."""
        push(VERSION)
        before = self.environment.inventory()
        given = {"service": "web", "image_tag": VERSION, **RELEASE}
        with faults(self.seed):
            self._run("playbooks/release.yml", "playbooks/release.yml", "-e", json.dumps(given))
        nothing_is_held(self.environment)
        assert version(self.environment) == VERSION
        stands_on_one_side(self.environment)
        after = self.environment.inventory()
        assert after[REVISION] <= before[REVISION] + 1
        assert {kind for kind in before | after if before.get(kind) != after.get(kind)} <= {REVISION, "ecs:task"}

    def goes(self) -> None:
        """Remove all of it."""
        confirmed = f"confirm={self.environment.name}"
        with faults(self.seed):
            self._run("playbooks/teardown.yml", "playbooks/teardown.yml", "-e", confirmed, "-e", UNPROTECTED)
        quiet()
        assert set(self.environment.inventory()) <= KEPT

    def _run(self, name: str, *command: str) -> None:
        begun = time.monotonic()
        self.runs[name] = runs_until_well(self.environment, *(command or (name,)))
        self.seconds[name] = round(time.monotonic() - begun, 1)
