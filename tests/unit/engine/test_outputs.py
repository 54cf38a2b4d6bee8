"""What another component published a moment ago is waited for, once a task."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.references import Reference
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.run_dir import make_run_dir, note_end
from ansible_collections.slipway.aws.plugins.plugin_utils.unknown import Unknown

VPC, ZONE = Reference("output", "network", "vpc_id"), Reference("output", "dns", "zone_id")


class Published(Cloud):
    """Shows a parameter from a read on."""

    def __init__(self, from_read: int) -> None:
        super().__init__("us-east-1")
        self.from_read = from_read
        self.reads = 0
        self.waited = 0.0

    def read(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Answer to GetParameters."""
        del service, operation
        self.reads += 1
        shown = parameters["Names"] if self.reads >= self.from_read else []
        return {"Parameters": [{"Name": name, "Type": "String", "Value": "there"} for name in shown]}

    def wait(self, seconds: float) -> None:
        """Lose no time."""
        self.waited += seconds


@pytest.mark.parametrize(
    ("failed", "told"), [(True, "the component network failed; mend that"), (False, "not published yet")]
)
def test_a_component_that_failed_in_this_run_is_named_and_not_waited_for(
    failed: bool, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    make_run_dir(os.getppid())
    note_end("network", failed=True)
    note_end("network", failed=failed)
    cloud = Published(1000)
    with pytest.raises(ConvergeError, match=told):
        Outputs(cloud, "/slipway/test").value(VPC, check=False)
    assert bool(cloud.waited) != failed


def test_what_was_published_a_moment_ago_is_waited_for() -> None:
    cloud = Published(3)
    assert Outputs(cloud, "/slipway/test").value(VPC, check=False) == "there"
    assert cloud.reads == 3


def test_what_is_not_there_is_waited_for_once_a_task() -> None:
    cloud = Published(1000)
    outputs = Outputs(cloud, "/slipway/test")
    for reference in (VPC, ZONE):
        with pytest.raises(ConvergeError, match=f"run the component {reference.name} first"):
            outputs.value(reference, check=False)
    assert cloud.waited == 20


def test_a_plan_does_not_wait() -> None:
    cloud = Published(1000)
    assert isinstance(Outputs(cloud, "/slipway/test").value(VPC, check=True), Unknown)
    assert cloud.waited == 0
