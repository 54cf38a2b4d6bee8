"""Journal entries of ended releases, as a run would have left them."""

from __future__ import annotations

import random
from typing import Any

BEGUN, MINUTE = 1_795_000_020.0, 60
STEPS = (10.0, 50.0, 95.0)
BAKE = 5
LIMIT = 20.0
Sample = dict[str, Any]
VERSIONS = {
    "from": {"image_tag": "1.1.0", "digest": "sha256:" + "a" * 64, "revision": "arn:aws:ecs:x:1:task-definition/web:7"},
    "to": {"image_tag": "1.2.0", "digest": "sha256:" + "b" * 64, "revision": "arn:aws:ecs:x:1:task-definition/web:8"},
}


def counts(chance: random.Random, requests: int, rate: float) -> dict[str, int]:
    """Return what a side answered in a minute."""
    errors = sum(chance.random() < rate for _ in range(requests))
    return {"requests": requests, "errors": errors, "slow": sum(chance.random() < 0.01 for _ in range(requests))}


def look(at: float, step: int, samples: list[Sample], evidence: float) -> dict[str, Any]:
    """Return a look at all samples so far."""
    sums = {
        side: {name: sum(one[side][name] for one in samples) for name in ("requests", "errors", "slow")}
        for side in ("candidate", "stable")
    }
    told = {"errors": evidence, "slow": 0.4, "limit": LIMIT}
    verdict = {"verdict": "wait", "reason": "the bake is not over", "evidence": told}
    place = {"step": step, "since": at - 60 * len(samples), "until": at + 120, "percent": STEPS[step - 1]}
    return {"at": at, **place, "share": "agrees", "health": {"healthy": 2}, **verdict, **sums}


class Story:
    """A release minute by minute.

    Args:
        rate: share of the candidate's requests that fail; above 2 % evidence grows until it is enough.
    """

    def __init__(self, rate: float) -> None:
        self.chance = random.Random(7)  # noqa: S311  no secret comes of it
        self.rate, self.at, self.evidence = rate, BEGUN + 90, 0.5
        self.samples: list[Sample] = []
        self.looks: list[dict[str, Any]] = []
        self.shifts: list[dict[str, float]] = []
        for number, share in enumerate(STEPS, 1):
            self.shifts.append({"at": self.at, "share": share})
            for _ in range(BAKE):
                if self.evidence < LIMIT:
                    self.minute(number, share)
            if self.evidence >= LIMIT:
                break
        self.shifts.append({"at": self.at, "share": 0.0 if self.evidence >= LIMIT else 100.0})

    def minute(self, step: int, share: float) -> None:
        """Let a minute go by."""
        whole = 1200 + self.chance.randint(-60, 60)
        candidate = round(whole * share / 100)
        sides = {
            "candidate": counts(self.chance, candidate, self.rate),
            "stable": counts(self.chance, whole - candidate, 0.005),
        }
        self.samples.append({"minute": int(self.at // MINUTE), **sides})
        self.at += MINUTE
        self.evidence *= 1.9 if self.rate > 0.02 else self.chance.uniform(0.8, 1.15)
        self.looks.append(look(self.at, step, self.samples, self.evidence))


def ended(status: str = "succeeded", rate: float = 0.005) -> dict[str, Any]:
    """Return a release of three steps; with a higher error rate, one that went back in its second."""
    story, bad = Story(rate), status != "succeeded"
    reason = "errors 4.1 % of 1 800 requests against 0.5 % of 8 400" if bad else "1.2.0 has all of the traffic"
    steps = [
        {"at": one["at"], "text": f"step {place} of 3: {one['share']:g} % to 1.2.0"}
        for place, one in enumerate(story.shifts[:-1], 1)
    ]
    last = f"rolled back: {reason}" if bad else "1.2.0 is the stable version"
    return {
        "service": "web",
        "number": 12,
        "status": status,
        "reason": reason,
        "phase": "promoted",
        "step": len(story.shifts) - 1,
        "actor": "anna",
        "begun": BEGUN,
        "ended": story.at + 40,
        "stable": "blue",
        "steps": [10, 50, 100],
        "samples": story.samples,
        "looks": story.looks,
        "shifts": story.shifts,
        "events": [
            {"at": BEGUN + 5, "text": "starting 1 tasks of 1.2.0 in green"},
            *steps,
            {"at": story.at, "text": last},
        ],
        "cost": 0.0312,
        "findings": ["alarm slipway-dev-web-blue-error-share rings after 360 s at the earliest, a step bakes 300 s"],
        "difference": ["- cpu: 256", "+ cpu: 512"],
        "last_words": ["task 0123: Essential container in task exited", "  ValueError: <broken> & gone"] if bad else [],
        "migration": "expand",
        **VERSIONS,
    }
