from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils import task_run
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.repetition import UncertainError
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.retries import ATTEMPTS
from ansible_collections.slipway.aws.plugins.plugin_utils.task_run import TaskRun
from tests.unit.adapters.converging import Converge

TASK = "arn:aws:ecs:us-east-1:123456789012:task/main/1"
REQUEST = {"cluster": "main", "taskDefinition": "migrate:3", "startedBy": "token"}
DEFINITION = {
    "containerDefinitions": [
        {
            "name": "psql",
            "logConfiguration": {"options": {"awslogs-group": "group", "awslogs-stream-prefix": "web"}},
        }
    ]
}


class FakeEcs:
    """Answers as ECS and CloudWatch Logs do for one task that ends with ``exit_code`` when looked at twice."""

    def __init__(
        self, exit_code: int | None = 0, running: list[str] | None = None, failures: Sequence[str] = ()
    ) -> None:
        self.exit_code = exit_code
        self.running = running or []
        self.failures = list(failures)
        self.started = 0
        self.looks = 0
        self.fingerprint: str | None = None

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self, operation)(**parameters)
        return answer

    def list_tasks(self, **_: Any) -> dict[str, Any]:
        return {"taskArns": self.running}

    def run_task(self, **parameters: Any) -> dict[str, Any]:
        if self.failures:
            return {"tasks": [], "failures": [{"reason": self.failures.pop(0)}]}
        self.started += 1
        assert parameters["tags"] == [{"key": "project", "value": "slipway"}]
        return {"tasks": [{"taskArn": TASK}], "failures": []}

    def describe_tasks(self, **_: Any) -> dict[str, Any]:
        self.looks += 1
        container = {"name": "psql", **({} if self.exit_code is None else {"exitCode": self.exit_code})}
        status = "STOPPED" if self.looks > 1 else "RUNNING"
        task = {"taskArn": TASK, "lastStatus": status, "taskDefinitionArn": "migrate:3", "containers": [container]}
        return {"tasks": [{**task, "stoppedReason": "Essential container in task exited"}]}

    def describe_task_definition(self, **_: Any) -> dict[str, Any]:
        return {"taskDefinition": DEFINITION}

    def get_log_events(self, **parameters: Any) -> dict[str, Any]:
        assert parameters["logStreamName"] == "web/psql/1"
        return {"events": [{"message": "psql: ERROR: no such table"}]}


@pytest.fixture
def cloud(aws: None, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    del aws
    monkeypatch.setattr(task_run, "POLL", 1)
    return Cloud("us-east-1")


def run(cloud: Cloud, fake: FakeEcs, monkeypatch: pytest.MonkeyPatch, at_most: int = 60) -> task_run.TaskResult:
    monkeypatch.setattr(cloud, "_call", lambda _service, operation, parameters: fake.call(operation, parameters))
    monkeypatch.setattr(cloud, "pages", lambda _s, operation, result, **query: fake.call(operation, query)[result])
    return TaskRun(cloud, REQUEST, {"project": "slipway"}).run(at_most)


def test_starts_a_task_and_waits_for_its_end(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeEcs()
    result = run(cloud, fake, monkeypatch)
    assert result.succeeded
    assert (fake.started, result.adopted, result.exit_codes) == (1, False, {"psql": 0})


def test_awaits_a_task_that_a_killed_run_left(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeEcs(running=[TASK])
    result = run(cloud, fake, monkeypatch)
    assert result.succeeded
    assert (fake.started, result.adopted) == (0, True)


@pytest.mark.parametrize(("exit_code", "told"), [(3, "psql 3"), (None, "psql never ran")])
def test_explains_a_failure(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, exit_code: int | None, told: str) -> None:
    result = run(cloud, FakeEcs(exit_code=exit_code), monkeypatch)
    assert not result.succeeded
    for part in (told, "Essential container in task exited", "psql: ERROR: no such table", TASK):
        assert part in result.explained()


def test_waits_for_capacity(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeEcs(failures=["Capacity is unavailable at this time."])
    assert run(cloud, fake, monkeypatch).succeeded
    assert fake.started == 1


def test_tells_why_it_could_not_be_started(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConvergeError, match="migrate:3 could not be started: AGENT"):
        run(cloud, FakeEcs(failures=["AGENT"]), monkeypatch)


def test_a_task_that_does_not_end_is_named_with_how_far_it_was(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeEcs()
    monkeypatch.setattr(FakeEcs, "describe_tasks", lambda *_, **__: {"tasks": [{"lastStatus": "PENDING"}]})
    with pytest.raises(
        ConvergeError, match=r"^task 1 of migrate:3: not done after 60 s, lastStatus is PENDING; run again"
    ):
        run(cloud, fake, monkeypatch)


def test_a_start_of_which_nobody_knows_is_tried_a_few_times(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def run_task(*_: Any, **__: Any) -> Any:
        tried.append(1)
        raise UncertainError("RunTask", ValueError("it broke"))

    monkeypatch.setattr(FakeEcs, "run_task", run_task)
    with pytest.raises(UncertainError, match="RunTask may have been carried out and may not: it broke"):
        run(cloud, FakeEcs(), monkeypatch, at_most=1800)
    assert len(tried) == ATTEMPTS


ENTRY: dict[str, Any] = {
    "type": "ecs_task_run",
    "name": "web",
    "properties": {
        "cluster": "main",
        "taskDefinition": "migrate:3",
        "Fingerprint": "one",
        "RecordedIn": "/slipway/test/access/web.fingerprint",
    },
}
RECORD: dict[str, Any] = {
    "type": "ssm_parameter",
    "name": "web.fingerprint",
    "properties": {
        "Name": "/slipway/test/access/web.fingerprint",
        "Type": "String",
        "Value": "${ecs_task_run.web.Fingerprint}",
    },
}


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let tasks end with the codes of the list, from its end; the list holds what was not used."""
    codes: list[int] = []

    def ended(self: TaskRun, at_most: int) -> task_run.TaskResult:
        del self, at_most
        return task_run.TaskResult(TASK, {"psql": codes.pop()}, "", adopted=False)

    monkeypatch.setattr(TaskRun, "run", ended)
    return codes


def test_runs_again_when_the_fingerprint_changes(converge: Converge, tasks: list[int]) -> None:
    tasks += [0, 0]
    both = {"ecs_task_run.web", "ssm_parameter.web.fingerprint"}
    assert set(converge([ENTRY, RECORD], check=True).changed) == both
    assert set(converge([ENTRY, RECORD]).changed) == both
    assert converge([ENTRY, RECORD]).changed == {}
    other = {**ENTRY, "properties": {**ENTRY["properties"], "Fingerprint": "two"}}
    assert converge([other, RECORD], check=True).changed["ecs_task_run.web"] == {"Fingerprint"}
    assert set(converge([other, RECORD]).changed) == both
    assert converge([other, RECORD]).changed == {}
    assert tasks == []


def test_records_no_failed_run(converge: Converge, tasks: list[int]) -> None:
    tasks += [0, 1]
    run = converge([ENTRY, RECORD], fails=True)
    assert "exit codes: psql 1" in run.failures[0]
    assert run.actions["ssm_parameter.web.fingerprint"] == "skipped"
    assert set(converge([ENTRY, RECORD]).actions.values()) == {"created"}
