"""A deployment by CodeDeploy whose creation may have been carried out is looked for before another one is created."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from ansible_collections.slipway.aws.plugins.plugin_utils.release.codedeploy_deployments import CodedeployDeployments
from ansible_collections.slipway.aws.plugins.plugin_utils.repetition import UncertainError
from tests.unit.release.specs import a_spec


class Losing(CodedeployDeployments):
    """Carries the first creation out, or not, and loses its answer."""

    def __init__(self, *, done: bool) -> None:
        cloud: Any = SimpleNamespace(time=lambda: 1000.0, wait=lambda _: None)
        super().__init__(cloud, a_spec())
        self.done = done
        self.created: list[str] = []
        self.calls = 0

    def _set_waits(self, *, at_once: bool) -> None:
        assert not at_once

    def _created(self, revision: str, *, at_once: bool) -> str:
        assert (revision, at_once) == ("revision", False)
        self.calls += 1
        if self.calls > 1 or self.done:
            self.created.append(f"d-{self.calls}")
        if self.calls == 1:
            raise UncertainError("CreateDeployment", ConnectionClosedError(endpoint_url="http://aws"))
        return self.created[-1]

    def of(self, revision: str, since: float) -> str:
        """Return what was created."""
        assert (revision, since) == ("revision", 999.0)
        return next(iter(self.created), "")


@pytest.mark.parametrize(("done", "name"), [(True, "d-1"), (False, "d-2")])
def test_there_is_one_in_the_end(done: bool, name: str) -> None:
    deployments = Losing(done=done)
    assert deployments.start("revision") == name
    assert deployments.created == [name]
