"""Calls of the Fault Injection Service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from ..adapters._ec2 import identity
from ..adapters.fis_experiment_template import template_ids
from ..cloud import Cloud, error_code
from ..resource import ConvergeError

ENDED = frozenset({"completed", "stopped", "failed", "cancelled"})
#: What StopExperiment answers about one that has ended meanwhile.
OVER = frozenset({"ConflictException", "ResourceNotFoundException"})
#: Seconds in which AWS has put right what an experiment disturbed.
ENDS_WITHIN = 600
Found = dict[str, Any]


def over(experiment: Found) -> bool:
    """Say whether an experiment has ended."""
    return experiment["state"]["status"] in ENDED


def find_template(cloud: Cloud, tags: Mapping[str, str], name: str) -> str:
    """Return the id of the template that has a name and an environment's tags.

    Raises:
        ConvergeError: there is none.
    """
    found = template_ids(cloud, {identity({**tags, "Name": name})})
    if not found:
        raise ConvergeError(f"there is no experiment template {name}; converge it first")
    return next(iter(found))


def start(cloud: Cloud, template: str, tags: Mapping[str, str]) -> str:
    """Start an experiment and return its id."""
    answer = cloud.write("fis", "start_experiment", experimentTemplateId=template, tags=dict(tags))
    return str(answer["experiment"]["id"])


def get(cloud: Cloud, number: str) -> Found:
    """Describe an experiment."""
    found: Found = cloud.read("fis", "get_experiment", id=number)["experiment"]
    return found


def stop(cloud: Cloud, number: str) -> None:
    """Stop an experiment, whether or not this run may still write: to end a disturbance is always right."""
    try:
        cloud.client("fis").stop_experiment(id=number)
    except ClientError as error:
        if error_code(error) not in OVER:
            raise


def end(cloud: Cloud, number: str) -> None:
    """Stop an experiment and wait until what it disturbed is put right, for which AWS needs the experiment's role."""
    stop(cloud, number)
    cloud.wait_until(lambda: over(get(cloud, number)), f"experiment {number}", at_most=ENDS_WITHIN, poll=5)


def stop_leftovers(cloud: Cloud, template: str) -> list[str]:
    """End the experiments of a template that a run which died has left, and return their numbers."""
    listed = cloud.pages("fis", "list_experiments", "experiments", experimentTemplateId=template)
    left = [one["id"] for one in listed if not over(one)]
    for number in left:
        end(cloud, number)
    return left


def targets(experiment: Found) -> Found:
    """Return what each action was aimed at: the ARNs, or the tags and how many."""
    told = {}
    for name, target in experiment.get("targets", {}).items():
        aim = target.get("resourceArns") or target.get("resourceTags")
        told[name] = {"type": target["resourceType"], "aim": aim, "mode": target["selectionMode"]}
    return told


def alarms(cloud: Cloud, names: Sequence[str]) -> dict[str, str]:
    """Return the state of each alarm by name, ``MISSING`` for those that are not there."""
    if not names:
        return {}
    kinds = ["MetricAlarm", "CompositeAlarm"]
    found = cloud.read("cloudwatch", "describe_alarms", AlarmNames=list(names), AlarmTypes=kinds)
    there = [*found.get("MetricAlarms", []), *found.get("CompositeAlarms", [])]
    return dict.fromkeys(names, "MISSING") | {alarm["AlarmName"]: alarm["StateValue"] for alarm in there}
