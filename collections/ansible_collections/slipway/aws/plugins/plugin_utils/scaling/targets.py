"""Scaling policies from what somebody wants, with their reasons."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from statistics import NormalDist
from typing import Any

from .intent import Intent, intent
from .steps import FEWER, IN, OUT, SURGE, Step, blind_steps, in_configuration, out_configuration

#: Seconds after the end of a minute at which its metrics are there.
METRIC_DELAY = 60
#: Minutes that `headroom` is about.
HEADROOM_MINUTES = 10
#: Per cent of the limit at which out and surge alarms ring, and of the allowed spare below which the in alarm does.
THRESHOLD = 100.0


def scaling_targets(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return limits and policies from an intent.

    Args:
        declared: keys of :class:`Intent`; what is left out has its default.

    Returns:
        ``minimum`` and ``maximum``; ``limits``, at which tasks are added: ``requests`` a minute a task where they are
        known, ``cpu`` and ``memory`` in per cent; ``spare``, what those may be with one task fewer for one to go, and
        ``cpu_in``; ``policies`` by name, each with the alarm's ``threshold`` and ``minutes`` and AWS's
        ``configuration``; ``explanation``, sentences.

    Raises:
        CanaryError: a key is unknown, or a number is outside of what is allowed.
    """
    wanted = intent(declared)
    limits = _limits(wanted)
    return {
        "minimum": wanted.minimum,
        "maximum": wanted.maximum,
        "limits": limits,
        "spare": {name: round(limit * FEWER / 100, 3) for name, limit in limits.items()},
        "cpu_in": 0.0 if wanted.requests else wanted.cpu_in,
        "policies": _policies(wanted),
        "explanation": _explanation(wanted, limits),
    }


def reaction(wanted: Intent) -> float:
    """Return the seconds from the moment at which load grows until new tasks carry it."""
    return METRIC_DELAY + 60 * wanted.out_minutes + wanted.spin_up


def growth(wanted: Intent) -> float:
    """Return the share by which load grows while new tasks start, when it grows by the headroom in ten minutes."""
    return float((1 + wanted.headroom / 100) ** (reaction(wanted) / 60 / HEADROOM_MINUTES)) - 1


def chance(wanted: Intent) -> float:
    """Return the share by which a minute's requests to all tasks exceed their mean, in all minutes but so few.

    Requests that come independently of each other are as in a Poisson distribution.
    """
    requests = 60 * wanted.requests * max(1, wanted.minimum)
    return NormalDist().inv_cdf(wanted.objective / 100) / sqrt(requests)


def use(wanted: Intent) -> float:
    """Return the share of what tasks can carry up to which they are used."""
    return 1 / (1 + growth(wanted)) / (1 + max(0.0, chance(wanted)))


def _limits(wanted: Intent) -> dict[str, float]:
    if not wanted.requests:
        return {"cpu": wanted.cpu_out, "memory": wanted.memory}
    carried = round(60 * wanted.requests * use(wanted), 3)
    return {"cpu": wanted.cpu_guard, "memory": wanted.memory, "requests": carried}


def out_steps(wanted: Intent) -> tuple[Step, ...]:
    """Return the steps by which tasks are added."""
    return OUT if wanted.requests else blind_steps(wanted.cpu_out, wanted.memory)


def _policies(wanted: Intent) -> dict[str, dict[str, Any]]:
    # Until a new number shows in a metric: a whole minute of it has to be over, and to arrive.
    shown = METRIC_DELAY + 60
    cooldown = round(shown + wanted.spin_up)
    steps = out_steps(wanted)
    early = tuple(step for step in steps if step.at >= SURGE)
    out = {"threshold": THRESHOLD, "minutes": wanted.out_minutes}
    surge = {"threshold": SURGE, "minutes": 1, "configuration": out_configuration(early, SURGE, cooldown)}
    fewer = {"threshold": THRESHOLD, "minutes": wanted.in_minutes}
    return {
        "out": {**out, "configuration": out_configuration(steps, THRESHOLD, cooldown)},
        **({"surge": surge} if wanted.out_minutes > 1 else {}),
        "in": {**fewer, "configuration": in_configuration(IN, THRESHOLD, shown)},
    }


def _explanation(wanted: Intent, limits: Mapping[str, float]) -> list[str]:
    told = [f"{wanted.minimum} to {wanted.maximum} tasks."]
    if wanted.requests:
        told += _explained_requests(wanted, limits)
    else:
        told.append(
            f"Tasks are added at {wanted.cpu_out:g} % of CPU and go below {wanted.cpu_in:g} %. Say how many requests a"
            " task carries, and fewer tasks are enough."
        )
    told.append(f"Tasks are added at {wanted.memory:g} % of memory.")
    told.append(
        f"One task goes when with one fewer all would stay below {FEWER:g} % of these limits for"
        f" {wanted.in_minutes} minutes; at a constant load that is never followed by one more, nor the other way round."
    )
    told.append(
        f"More are added at once the further the load is above a limit: at {OUT[4].at:g} % as many again,"
        f" at {OUT[-1].at:g} % {1 + OUT[-1].percent // 100} times as many."
    )
    return told


def _explained_requests(wanted: Intent, limits: Mapping[str, float]) -> list[str]:
    return [
        (
            f"A task carries {wanted.requests:g} requests a second and is given {limits['requests'] / 60:.4g}:"
            f" {100 * use(wanted):.0f} %."
        ),
        (
            f"Until new tasks carry, {reaction(wanted):.0f} s go by: {METRIC_DELAY} for the metric,"
            f" {60 * wanted.out_minutes} to be sure, {wanted.spin_up:g} to start. A load that grows by"
            f" {wanted.headroom:g} % in {HEADROOM_MINUTES} minutes grows by {100 * growth(wanted):.1f} % meanwhile."
        ),
        (
            f"By chance a minute has {100 * max(0.0, chance(wanted)):.1f} % more requests than the mean, in all but"
            f" {100 - wanted.objective:.3g} % of the minutes."
        ),
        f"CPU is a guard only: tasks are added at {wanted.cpu_guard:g} %, for when requests take more than they did.",
    ]
