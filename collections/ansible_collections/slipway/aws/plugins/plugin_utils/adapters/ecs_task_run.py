"""One-shot ECS tasks that run again when their fingerprint changes."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

from ..adapter import Adapter, without
from ..compare import Changes
from ..resource import ConvergeError, Resource, State
from ..task_run import TOKEN_LENGTH, TaskRun


class EcsTaskRun(Adapter):
    """A task that has to have run with ``Fingerprint``, a text of everything its work depends on.

    ``RecordedIn`` names the SSM parameter that holds the fingerprint of the last good run; declare that parameter as
    well, with the value ``${ecs_task_run.<name>.Fingerprint}``, so that it is written once the task has ended well.
    ``Timeout`` is how long it may take, in seconds.
    """

    service = "ecs"
    create_operation = "RunTask"
    more_properties = ("Fingerprint", "RecordedIn", "Timeout")
    required = ("cluster", "taskDefinition", "Fingerprint", "RecordedIn")
    identity = ("RecordedIn",)
    taggable = False  # a task that has ended is nothing that could be tagged

    def __init__(self, cloud: Any) -> None:
        super().__init__(cloud)
        self._ran: dict[str, str] = {}
        self._lock = threading.Lock()

    def find_one(self, resource: Resource) -> State | None:
        """Return what the last good run was: one of this very task, or the recorded one."""
        recorded = self._ran.get(resource.name) or self._recorded(resource.properties["RecordedIn"])
        return None if recorded is None else {**resource.properties, "Fingerprint": recorded}

    def _recorded(self, parameter: str) -> str | None:
        answer = self.cloud.read("ssm", "get_parameters", Names=[parameter])["Parameters"]
        return str(answer[0]["Value"]) if answer else None

    def create(self, resource: Resource) -> None:
        """Run the task."""
        fingerprint = str(resource.properties["Fingerprint"])
        token = hashlib.sha256(fingerprint.encode()).hexdigest()[:TOKEN_LENGTH]
        request = {**without(resource.properties, self.more_properties), "startedBy": token}
        result = TaskRun(self.cloud, request, resource.tags).run(resource.properties.get("Timeout", self.timeout))
        if not result.succeeded:
            raise ConvergeError(result.explained())
        with self._lock:
            self._ran[resource.name] = fingerprint

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Run the task again."""
        del state, changes
        self.create(resource)

    def delete(self, resource: Resource, state: State) -> None:
        """Forget the run; what it did is not taken back."""


ADAPTER = EcsTaskRun
