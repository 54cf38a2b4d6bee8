"""What components hold for a removed service, as resources that are to be absent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.slipway.aws.plugins.filter.saved_queries import trace_groups

from .find import Removed, parts
from .host import others

Entry = dict[str, Any]
#: Goes last: by it an interrupted removal is found again.
LAST = "ecr_repository"
SIDES = ("blue", "green", "main")
#: A service whose traces are grouped, whatever was declared of them.
TRACED: Entry = {"trace_share": 1, "objectives": {}}


def left(removed: Removed, outputs: Iterable[str], path: str, prefix: str, options: Mapping[str, Any]) -> list[Entry]:
    """Return resources for ``slipway.aws.converge``.

    Args:
        removed: the service and what stands of it.
        outputs: names of everything that the environment publishes.
        path: of the environment's outputs.
        prefix: first part of names.
        options: name of the ``environment``, ``recovery_days`` of secrets, and whether a repository may go with its
            images, ``delete_images``.
    """
    service, published = removed.service, others(outputs, removed.service)
    found = [entry for arn in removed.arns for entry in _of_arn(arn, options)]
    found += [_entry("ssm_parameter", Name=f"{path}/{name}") for name in published]
    found += [_entry("cloudwatch_dashboard", DashboardName=f"{prefix}-{service}")]
    found += trace_groups([{**TRACED, "name": service}], {"prefix": prefix, "environment": options["environment"]})
    found += [_registry(side, service) for side in SIDES if f"prometheus/registry_arn.{side}-{service}" in published]
    return _ordered({(entry["type"], entry["name"]): entry for entry in found}.values(), f"{prefix}-{service}")


def _of_arn(arn: str, options: Mapping[str, Any]) -> Iterable[Entry]:
    """Return what an ARN names; alarms do not say of which kind they are, and the other kind is not there."""
    service, kind, name = parts(arn)
    match service, kind:
        case "cloudwatch", "alarm":
            yield _entry("cloudwatch_composite_alarm", AlarmName=name)
            yield _entry("cloudwatch_alarm", AlarmName=name)
        case "ecr", "repository":
            yield _entry(LAST, repositoryName=name, force=options["delete_images"])
        case "ecs", "task-definition":
            yield _entry("ecs_task_definition", family=name.rpartition(":")[0])
        case "logs", "log-group":
            yield _entry("logs_log_group", logGroupName=name.removesuffix(":*"))
        case "secretsmanager", "secret":
            yield _entry("secretsmanager_secret", Name=name[:-7], RecoveryWindowInDays=options["recovery_days"])
        case "ssm", "parameter":
            yield _entry("ssm_parameter", Name=f"/{name}")


def _entry(kind: str, **properties: Any) -> Entry:
    return {"type": kind, "name": next(iter(properties.values())), "properties": properties}


def _registry(side: str, service: str) -> Entry:
    wanted = {"Name": f"{side}-{service}", "NamespaceId": "${output.prometheus.namespace_id}"}
    return {"type": "servicediscovery_service", "name": wanted["Name"], "properties": wanted}


def _ordered(entries: Iterable[Entry], cause: str) -> list[Entry]:
    """Say who goes before whom: alarms before those they look at or are silenced by, and the repository last.

    Args:
        entries: all of them.
        cause: name of the composite alarm that silences the service's others.
    """
    listed = list(entries)
    alarms, repositories = (_keys(listed, kind) for kind in ("cloudwatch_alarm", LAST))
    causes = [key for key in _keys(listed, "cloudwatch_composite_alarm") if key.endswith(f".{cause}")]
    after = {"cloudwatch_composite_alarm": alarms + causes + repositories, LAST: []}
    return [{**entry, "depends_on": _but(entry, after.get(entry["type"], repositories))} for entry in listed]


def _but(entry: Entry, keys: Iterable[str]) -> list[str]:
    return [key for key in keys if key != f"{entry['type']}.{entry['name']}"]


def _keys(entries: Iterable[Entry], kind: str) -> list[str]:
    return [f"{kind}.{entry['name']}" for entry in entries if entry["type"] == kind]
