"""The clock is scaled in rehearsals only."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.clock import Clock
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

LOCAL = "http://127.0.0.1:5000"


@pytest.mark.parametrize("endpoint", [LOCAL, "http://localhost:1", "http://[::1]:1", "http://127.64.0.1:1"])
def test_scales_against_this_machine(endpoint: str) -> None:
    clock = Clock({"SLIPWAY_TIME_SCALE": "60", "AWS_ENDPOINT_URL": endpoint})
    assert clock.real(120) == 2


def test_time_is_real_by_default() -> None:
    assert Clock({}).real(5) == 5


@pytest.mark.parametrize(
    "endpoint", ["", "https://ec2.amazonaws.com", "http://127.0.0.1.example.com", "http://10.0.0.1:80"]
)
def test_is_never_scaled_against_aws(endpoint: str) -> None:
    with pytest.raises(ConvergeError, match="time is scaled in rehearsals only"):
        Clock({"SLIPWAY_TIME_SCALE": "60", "AWS_ENDPOINT_URL": endpoint})


@pytest.mark.parametrize("scale", ["0", "-1", "fast", ""])
def test_a_scale_is_a_positive_number(scale: str) -> None:
    with pytest.raises(ConvergeError, match=f"SLIPWAY_TIME_SCALE is '{scale}'"):
        Clock({"SLIPWAY_TIME_SCALE": scale, "AWS_ENDPOINT_URL": LOCAL})
