"""Names of fields: Step Functions has those of the SDK for Java, ``DbInstances`` where the API has ``DBInstances``."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService


@cache
def cased(name: str) -> str:
    """Return a name as Step Functions has it."""
    return str(StateTaskService._to_sfn_cased(name))  # noqa: SLF001  moto's own, which it does not use any more


def to_api(value: Any, shape: Shape | None) -> Any:
    """Return parameters of a task with the API's names.

    Raises:
        ValueError: Step Functions has no field of that name.
    """
    if isinstance(shape, StructureShape):
        names = {cased(name): name for name in shape.members}
        unknown = sorted(set(value) - set(names))
        if unknown:
            raise ValueError(f"The field '{unknown[0]}' is not supported by Step Functions; it has {', '.join(names)}")
        return {names[key]: to_api(item, shape.members[names[key]]) for key, item in value.items()}
    return _within(value, shape, to_api)


def from_api(value: Any, shape: Shape | None) -> Any:
    """Return an answer with Step Functions' names, and with times as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(shape, StructureShape):
        known = {key: item for key, item in value.items() if key in shape.members}
        return {cased(key): from_api(item, shape.members[key]) for key, item in known.items()}
    return _within(value, shape, from_api)


def _within(value: Any, shape: Shape | None, change: Any) -> Any:
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [change(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: change(item, shape.value) for key, item in value.items()}
    return value
