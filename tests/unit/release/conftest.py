"""A release by AWS's deployments without AWS: a scripted deployment, a clock that jumps, a journal in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from typing import Any
from unittest.mock import Mock

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release import course, driven, watch
from ansible_collections.slipway.aws.plugins.plugin_utils.release.deployments import RUNNING, SUCCEEDED, Progress
from ansible_collections.slipway.aws.plugins.plugin_utils.release.driven import Driven
from ansible_collections.slipway.aws.plugins.plugin_utils.release.spec import Colour, Spec
from ansible_collections.slipway.aws.plugins.plugin_utils.release.watch import Look, Watch
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

GATE = Progress(RUNNING, "POST_TEST_TRAFFIC_SHIFT", 0.0, "gate-1")
TENTH = Progress(RUNNING, "PRODUCTION_TRAFFIC_SHIFT", 10.0)
NEXT_GATE = Progress(RUNNING, "PRE_PRODUCTION_TRAFFIC_SHIFT", 10.0, "gate-2")
WHOLE = Progress(RUNNING, "BAKE_TIME", 100.0)
DONE = Progress(SUCCEEDED, "CLEAN_UP", 100.0, reason="done")


class Script:
    """Deployments that go as told, and note what was asked of them."""

    def __init__(self, shown: Iterable[Progress], *, there: str = "", stops: bool = True) -> None:
        self.shown, self.there, self.stops = list(shown), there, stops
        self.asked: list[tuple[Any, ...]] = []
        self.deploys_at_once = True

    def of(self, revision: str, since: float) -> str:
        del revision, since
        return self.there

    def start(self, revision: str, *, at_once: bool = False) -> str:
        self.asked.append(("start", revision, at_once))
        if at_once and self.deploys_at_once:
            self.shown = [DONE]
        return "arn/deployment-1"

    def progress(self, deployment: str) -> Progress:
        del deployment
        return self.shown.pop(0) if len(self.shown) > 1 else self.shown[0]

    def go_on(self, deployment: str, gate: str) -> None:
        del deployment
        self.asked.append(("go on", gate))

    def stop(self, deployment: str) -> bool:
        self.asked.append(("stop", deployment))
        if self.stops:
            self.shown = [Progress("back", reason="ECS: stopped")]
        return self.stops


class Clock:
    """A cloud of which only the time is used: each look at it is half a minute later."""

    def __init__(self) -> None:
        self.now = 6000.0
        self.clock = self

    @staticmethod
    def patience(seconds: float) -> float:
        return seconds

    def time(self) -> float:
        return self.now

    @staticmethod
    def impatient() -> AbstractContextManager[None]:
        return nullcontext()

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def wait_until(self, done: Callable[[], bool], what: str, *, at_most: int, poll: int) -> None:
        for _ in range(at_most // poll):
            if done():
                return
            self.wait(poll)
        raise ConvergeError(f"{what}: not done")


class Journal:
    """A journal that keeps every entry written."""

    table, service = "table", "web"

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []

    def write(self, entry: dict[str, Any]) -> None:
        self.written.append(deepcopy(entry))

    close = write


def spec(engine: str = "ecs") -> Spec:
    blue, green = (Colour(name, "slipway-dev-web", f"{name}-arn", f"{name}-metric") for name in ("blue", "green"))
    return Spec(
        service="web", engine=engine, strategy="canary", cluster="c", url="https://web", rule="rule", test_rule="test",
        test_port=8443, load_balancer="lb", blue=blue, green=green, revision="web:2", image_tag="2", digest="sha256:2",
        container="web", steps=[10, 100], hold_back=0, bake_minutes=5, extend_minutes=10, unclear="rollback",
        latency_objective=0.5, actor="me", prices={"vcpu_hour": 0.04, "gib_hour": 0.005},
    )  # fmt: skip


def entry(**more: Any) -> dict[str, Any]:
    versions = {
        side: {"revision": f"web:{number}", "digest": f"sha256:{number}", "image_tag": str(number)}
        for number, side in enumerate(("from", "to"), 1)
    }
    plain = {
        "service": "web",
        "steps": [10, 100],
        "number": 2,
        "phase": "begun",
        "step": 0,
        "begun": 6000.0,
        "stable": "blue",
        "count": 2,
        "weights": {},
    }
    return {**plain, **versions, "samples": [], "looks": [], "events": [], "shifts": [], "tasks": [], **more}


class Made:
    """What a release was made of, and what the world around it answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch, self.cloud, self.journal = monkeypatch, Clock(), Journal()
        self.said: list[str] = []
        self.smoke, self.differences, self.verdict, self.records = "", [], "promote", 0
        self.crashes, self.maximum_percent, self.engine = 0, 150, "ecs"
        self.scaling = Mock()
        self.ringing: list[str] = []

    def __call__(self, script: Script, **more: Any) -> Driven:
        """Return a release by scripted deployments."""
        patch = self.monkeypatch.setattr
        patch(driven, "deployments_of", lambda _cloud, _spec: script)
        patch(driven, "try_out", lambda _spec: self.smoke)
        patch(driven, "read_back", lambda *_: list(self.differences))
        patch(driven, "put_record", self._record)
        patch(driven, "Scaling", lambda *_: self.scaling)
        patch(driven, "difference_of", lambda *_: ["- cpu: 256", "+ cpu: 512"])
        patch(Watch, "look", lambda _watch, *_given, **_more: self._look())
        patch(watch, "alarms_in", lambda *_: self.ringing)
        patch(Watch, "obey", lambda _watch: None)
        patch(driven.Tasks, "crashes", lambda *_: self.crashes)
        patch(driven.Tasks, "maximum_percent", lambda *_: self.maximum_percent)
        patch(course, "definition", lambda *_: {"cpu": "1024", "memory": "2048"})
        patch(driven.Tasks, "last_words", lambda *_: ["last words"])
        made = Driven(self.cloud, spec(self.engine), self.journal, entry(**more), self.said.append)  # type: ignore[arg-type]
        patch(made.watch.samples, "read", lambda *_: [])
        return made

    def _record(self, *_given: Any) -> None:
        self.records += 1

    def _look(self) -> Look:
        nothing = {"requests": 0, "errors": 0, "slow": 0}
        reason = {"rollback": "errors 5 % of 100 requests against 0.1 %"}.get(self.verdict, "not enough evidence")
        verdict = {"verdict": self.verdict, "reason": reason, "candidate": nothing, "stable": nothing}
        told = {**verdict, "evidence": {"errors": 0.9, "slow": 0.1, "limit": 20.0}}
        return Look(self.cloud.now, [], told, "unknown", {}, reason if self.verdict == "rollback" else "")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    """Return what makes releases."""
    return Made(monkeypatch)
