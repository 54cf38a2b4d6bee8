"""One ECS task from start to end: started once, awaited, and explained when it fails."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from .adapter import tag_list
from .cloud import Cloud
from .not_as_wanted import how_far
from .repetition import UncertainError
from .resource import ConvergeError
from .retries import ATTEMPTS
from .task_log import task_log

POLL = 5
#: What ECS answers while Fargate has no room; it may have some in a moment.
NO_CAPACITY = "Capacity is unavailable"
#: Longest ``startedBy`` that ECS takes.
TOKEN_LENGTH = 36
#: Virtual seconds within which CloudWatch Logs shows what a task wrote.
LOGGED_WITHIN = 120


@dataclass(frozen=True)
class TaskResult:
    """How a task ended.

    Attributes:
        arn: of the task.
        exit_codes: by container; ``None`` for one that never ran.
        reason: why ECS stopped it, and what it says of its containers.
        adopted: whether it was found running instead of being started.
        log: its last lines, read when it failed or when they were asked for.
    """

    arn: str
    exit_codes: dict[str, int | None]
    reason: str
    adopted: bool
    log: list[str] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        """Whether every container ran and ended with 0."""
        return bool(self.exit_codes) and all(code == 0 for code in self.exit_codes.values())

    def explained(self) -> str:
        """Return one sentence on what went wrong, and the log."""
        codes = ", ".join(f"{name} {'never ran' if code is None else code}" for name, code in self.exit_codes.items())
        lines = "".join(f"\n  {line}" for line in self.log)
        return f"task {self.arn} failed: {self.reason or 'no reason given'}; exit codes: {codes or 'none'}{lines}"


class TaskRun:
    """Runs one task of a cluster.

    Args:
        cloud: the account and region.
        request: parameters of RunTask; ``startedBy`` names the run: while a task of that name is running, it is awaited
            instead of starting another.
        tags: of the task.
        output: read its log when it ended well, too.
    """

    def __init__(self, cloud: Cloud, request: dict[str, Any], tags: dict[str, str], *, output: bool = False) -> None:
        self.cloud = cloud
        self.request = request
        self.tags = tags
        self.output = output

    def run(self, at_most: int) -> TaskResult:
        """Start the task, or find it running, and wait at most ``at_most`` virtual seconds for its end.

        Raises:
            ConvergeError: it could not be started, or did not end in time.
        """
        running = self._running()
        arn = running or self._start(at_most)
        self._await_end(arn, at_most)
        return self._result(self._described(arn), adopted=running is not None)

    def _await_end(self, arn: str, at_most: int) -> None:
        task: dict[str, Any] = {}

        def ended() -> bool:
            task.update(self._described(arn))
            return bool(task["lastStatus"] == "STOPPED")

        what = f"task {arn.rsplit('/', 1)[-1]} of {self.request['taskDefinition']}"
        self.cloud.wait_until(ended, what, at_most=at_most, poll=POLL, seen=lambda: how_far(task))

    def _running(self) -> str | None:
        query = {"cluster": self.request["cluster"], "startedBy": self.request["startedBy"]}
        found = self.cloud.pages("ecs", "list_tasks", "taskArns", **query)
        return found[0] if found else None

    def _start(self, at_most: int) -> str:
        started: list[str] = []
        unclear = itertools.count(1)
        # By the token AWS knows a call that is made again.
        token = {"clientToken": uuid.uuid4().hex}
        request = {**self.request, **token, "tags": tag_list(self.tags, "key", "value")}

        def start() -> bool:
            try:
                answer = self.cloud.write("ecs", "run_task", **request)
            except UncertainError:
                self.cloud.wait(POLL)
                started.extend(filter(None, [self._running()]))
                if not started and next(unclear) >= ATTEMPTS:
                    raise
                return bool(started)
            started.extend(task["taskArn"] for task in answer["tasks"])
            reasons = "; ".join(failure.get("reason", "unknown") for failure in answer.get("failures", ()))
            if not started and NO_CAPACITY not in reasons:
                raise ConvergeError(f"{self.request['taskDefinition']} could not be started: {reasons}")
            return bool(started)

        self.cloud.wait_until(start, "waiting for Fargate capacity", at_most=at_most, poll=POLL)
        return started[0]

    def _described(self, arn: str) -> dict[str, Any]:
        tasks = self.cloud.read("ecs", "describe_tasks", cluster=self.request["cluster"], tasks=[arn])["tasks"]
        # A task that was just started may not be shown yet.
        return tasks[0] if tasks else {"lastStatus": "PROVISIONING"}

    def _result(self, task: dict[str, Any], *, adopted: bool) -> TaskResult:
        codes = {container["name"]: container.get("exitCode") for container in task["containers"]}
        reasons = [task.get("stoppedReason"), *(container.get("reason") for container in task["containers"])]
        result = TaskResult(task["taskArn"], codes, "; ".join(filter(None, reasons)), adopted)
        if result.succeeded and not self.output:
            return result
        log = self._awaited_log(task) if result.succeeded else task_log(self.cloud, task)
        return replace(result, log=log)

    def _awaited_log(self, task: dict[str, Any]) -> list[str]:
        """Return the log once it is there: what a task wrote last comes some seconds after its end."""
        found: list[str] = []

        def there() -> bool:
            found[:] = task_log(self.cloud, task)
            return bool(found)

        self.cloud.wait_until(there, "waiting for the task's log", at_most=LOGGED_WITHIN, poll=POLL)
        return found
