"""Slipway's policies, as the filter ``scaling_targets`` computes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.intent import intent
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.steps import IN, OUT, SURGE, fewer, more
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.targets import out_steps, scaling_targets
from bench.loads import CARRIES

from .common import Seen


class Steps:
    """Step scaling by the alarms out, surge and in.

    Args:
        wanted: the intent.
    """

    def __init__(self, wanted: Mapping[str, Any]) -> None:
        self._is, self._steps = scaling_targets(wanted), out_steps(intent(wanted))
        self._least, self._most = self._is["minimum"], self._is["maximum"]
        self._minutes = {name: policy["minutes"] for name, policy in self._is["policies"].items()}
        seconds = {name: policy["configuration"]["Cooldown"] for name, policy in self._is["policies"].items()}
        self._cooldown = {name: ceil(number / 60) for name, number in seconds.items()}
        self._base = 0
        self._out_until = self._in_until = -1

    def decide(self, minute: int, seen: Sequence[Seen], desired: int) -> int:
        """Return the number wanted."""
        loads = [self._load(one) for one in seen[-self._minutes["out"] :]]
        surges = loads[-1:] if loads and loads[-1] >= SURGE else []
        if surges or (len(loads) == self._minutes["out"] and min(loads) >= OUT[0].at):
            return self._out(minute, loads[-1], desired)
        spare = [self._spare(one) for one in seen[-self._minutes["in"] :]]
        if len(spare) == self._minutes["in"] and max(spare) < IN[0].at and minute >= self._in_until:
            wanted = fewer(desired, spare[-1], self._least, self._most)
            if wanted < desired:
                self._in_until = minute + self._cooldown["in"]
            return wanted
        return desired

    def _out(self, minute: int, load: float, desired: int) -> int:
        if minute >= self._out_until:
            self._base = desired
        wanted = max(desired, more(self._base, load, self._least, self._most, self._steps))
        if wanted > desired:
            self._out_until = minute + self._cooldown["out"]
        return wanted

    def _load(self, one: Seen) -> float:
        values = {"cpu": one.cpu, "memory": one.memory, "requests": one.requests / max(1, one.tasks)}
        return max(100.0 * values[name] / float(limit) for name, limit in self._is["limits"].items())

    def _spare(self, one: Seen) -> float:
        """Return the load with one task fewer in per cent of what is allowed then; CPU alone has a limit of its own."""
        if one.tasks <= 1:
            return float("inf")
        values = {"cpu": one.cpu, "memory": one.memory, "requests": one.requests / one.tasks}
        left = one.tasks / (one.tasks - 1)
        spare = [100 * values[name] * left / float(limit) for name, limit in self._is["spare"].items()]
        return max([*spare, 100 * one.cpu / self._is["cpu_in"]] if self._is["cpu_in"] else spare)


class ByRequests(Steps):
    """By the requests a task carries, with CPU as a guard."""

    def __init__(self, least: int, most: int, **more: Any) -> None:
        super().__init__({"minimum": least, "maximum": most, "requests": CARRIES, **more})


class ByCpu(Steps):
    """By CPU, where nobody knows what a task carries."""

    def __init__(self, least: int, most: int, **more: Any) -> None:
        super().__init__({"minimum": least, "maximum": most, **more})
