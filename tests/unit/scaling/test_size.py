"""Sizes from what was used: valid, big enough, and no dearer than what there is."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.inputs import FARGATE_MEMORY
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.size import right_size

HOURS = 14 * 24
SIZES = [(cpu, memory) for cpu, offered in FARGATE_MEMORY.items() for memory in offered]


def fortnight(**more: Any) -> list[dict[str, Any]]:
    return [{"cpu": 40, "memory": 50, "requests": 3600, "tasks": 4, **more} for _ in range(HOURS)]


def sized(samples: list[dict[str, Any]], cpu: int = 1024, memory: int = 4096, **more: Any) -> dict[str, Any]:
    return right_size(samples, cpu, memory, seconds=3600, **more)


@given(
    st.sampled_from(SIZES), st.floats(0, 100), st.floats(1, 75), st.integers(1, 40), st.integers(1, 6), st.floats(1, 9)
)
def test_what_is_proposed_carries_what_was_used(
    size: tuple[int, int], cpu: float, memory: float, tasks: int, minimum: int, peak: float
) -> None:
    samples = fortnight(cpu=cpu, memory=memory, tasks=tasks)
    samples[7] |= {"cpu": min(100, cpu * peak)}
    found = sized(samples, *size, minimum=minimum)
    new = found["size"]
    assert new["memory"] in FARGATE_MEMORY[new["cpu"]]
    assert new["memory"] >= 1.25 * memory / 100 * size[1]
    assert new["cpu"] * 2 >= size[0]
    used = max(one["cpu"] * one["tasks"] for one in samples) / 100 * size[0]
    assert found["maximum"] * new["cpu"] >= used
    assert found["minimum"] >= minimum
    needed = max(minimum, ceil(cpu / 100 * tasks / 0.7))
    if needed <= tasks and 1.25 * memory <= 100 and peak * cpu <= 100 * 0.7:
        assert found["then"] <= found["now"] + 0.01, "it would carry the load as it is"


def test_idle_tasks_are_made_smaller_and_fewer() -> None:
    found = sized(fortnight(cpu=5, memory=10, tasks=8))
    assert found["size"] == {"cpu": 512, "memory": 1024}
    assert (found["minimum"], found["maximum"]) == (2, 4)
    assert found["saving"] == pytest.approx(found["now"] - found["then"])
    assert found["saving"] > 0.89 * found["now"]


def test_busy_tasks_stay() -> None:
    found = sized(fortnight(cpu=65, memory=70), 1024, 2048)
    assert found["size"] == {"cpu": 1024, "memory": 2048}
    assert found["saving"] == 0


def test_memory_that_ran_short_is_given() -> None:
    found = sized(fortnight(memory=95), 1024, 2048)
    assert found["size"]["memory"] > 2048
    assert "2048 MiB are not enough" in " ".join(found["reasons"])


def test_what_a_task_carries_is_what_the_busy_hours_cost() -> None:
    samples = fortnight(cpu=10, requests=3600)
    for one in samples[: HOURS // 5]:
        one.update({"cpu": 50, "requests": 4 * 36_000})
    assert sized(samples)["requests"] == pytest.approx(20 * sized(samples)["size"]["cpu"] / 1024, abs=0.1)


def test_arm_costs_less() -> None:
    assert sized(fortnight(), architecture="ARM64")["now"] < sized(fortnight())["now"]


def test_missing_data_are_left_out_and_few_days_are_not_enough() -> None:
    gaps = fortnight()
    for one in gaps[:100]:
        one["cpu"] = None
    assert sized(gaps)["then"] == sized(fortnight())["then"]
    few = sized(fortnight()[: 6 * 24])
    assert not few["enough"]
    assert few["saving"] == 0
    assert "6.0 days" in few["reasons"][0]
    assert not sized([])["enough"]
