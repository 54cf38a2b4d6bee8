"""Converging real adapters, and the life every adapter must lead."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import adapter_class
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.engine import Engine
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import Outcome, failures
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.repetition import MAKES
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from tests.unit.adapters.faults import STALE_FOR, Faults

REGION = "us-east-1"
TAGS = {"project": "slipway", "environment": "test"}
Entry = dict[str, Any]
#: Property of which every item takes a call of its own, by type of resource.
PARTS = {"efs_mount_targets": "SubnetIds"}


class Run:
    """What one converge did; keys are ``type.name``."""

    def __init__(self, outcomes: list[Outcome], cloud: Cloud) -> None:
        self.outcomes = {str(outcome.resource): outcome for outcome in outcomes}
        self.failures = failures(outcomes)
        self.calls = cloud.calls

    @property
    def actions(self) -> dict[str, str]:
        """Return the action taken by resource."""
        return {key: outcome.action for key, outcome in self.outcomes.items()}

    @property
    def changed(self) -> dict[str, set[str]]:
        """Return the names of the properties that changed by resource, changed resources only."""
        return {key: set(outcome.after) for key, outcome in self.outcomes.items() if outcome.changed}

    def state(self, key: str) -> dict[str, Any]:
        """Return the state of a resource."""
        return self.outcomes[key].state


class Converge:
    """Converges lists of resources as a task would, with the tags of an environment.

    What a task caches begins anew each time; its clients stay, whose making takes longer than most lists.
    """

    def __init__(self) -> None:
        self._cloud = Cloud(REGION)

    def __call__(
        self, resources: list[Entry], *, check: bool = False, absent: bool = False, fails: bool = False
    ) -> Run:
        """Converge; unless ``fails`` is given, a failing resource fails the test."""
        cloud = self._cloud
        cloud.forget()
        cloud.calls = Counter()
        engine = Engine(cloud, Outputs(cloud, "/slipway/test"), check=check, progress=lambda _: None)
        Faults.active = True
        try:
            run = Run(engine.run([parse(entry, TAGS, absent=absent) for entry in resources]), cloud)
        finally:
            Faults.active = False
        time.sleep(STALE_FOR)
        if not fails:
            assert not run.failures, run.failures
        return run

    def lives(self, resources: list[Entry]) -> None:
        """Plan, make, leave alone, remove, remove again and make again: what every resource must survive."""
        every = {f"{entry['type']}.{entry['name']}" for entry in resources}
        planned = set(self(resources, check=True).changed)
        assert planned == every, f"the plan on an empty account lacks {every - planned}"
        Faults.made.clear()
        _all(self(resources), "standing up did not make everything")
        _nothing_twice(resources)
        _nothing(self(resources), "the second run changed something")
        _nothing(self(resources, check=True), "check mode finds something after a run")
        _all(self(resources, absent=True), "not everything was removed")
        _nothing(self(resources, absent=True), "something was left to remove")
        Faults.made.clear()
        _all(self(resources), "standing up again at once did not make everything")
        _nothing_twice(resources)

    def mends(self, resources: list[Entry], drift: Callable[[Run], object], changed: Mapping[str, set[str]]) -> Run:
        """Stand up, let ``drift`` change things behind its back, and expect exactly ``changed`` to be found and mended.

        ``drift`` gets the run that stood things up, for the ids.
        """
        drift(self(resources))
        found = self(resources, check=True)
        assert found.changed == changed, f"found {found.changed}, expected {changed}"
        assert self(resources).changed == changed, "check mode changed something"
        _nothing(self(resources), "not mended")
        return found


def _all(run: Run, text: str) -> None:
    told = {key: (outcome.action, outcome.message) for key, outcome in run.outcomes.items() if not outcome.changed}
    assert not told, f"{text}: {told}"


def _nothing(run: Run, text: str) -> None:
    told = {key: (outcome.before, outcome.after) for key, outcome in run.outcomes.items() if outcome.changed}
    assert not told, f"{text}: {told}"


def _nothing_twice(resources: list[Entry]) -> None:
    """Assert that no call that makes a new thing each time was carried out more often than there are resources."""
    wanted: Counter[str] = Counter()
    for entry in resources:
        parts = entry["properties"].get(PARTS.get(entry["type"], ""), [entry["name"]])
        wanted[adapter_class(entry["type"]).create_operation] += len(parts)
    makes = {name: count for name, count in wanted.items() if name.startswith(MAKES)}
    more = {name: Faults.made[name] for name, count in makes.items() if Faults.made[name] > count}
    assert not more, f"made more often than declared: {more} of {dict(wanted)}"
