"""A version that ran in the account or region that its environment has left: its revision is not here."""

from __future__ import annotations

from ..cloud import Cloud
from .difference import ADDED


def is_elsewhere(cloud: Cloud, revision: str) -> bool:
    """Say whether a revision's ARN is of another account or region."""
    place = [cloud.region, cloud.identity()["account"]]
    return revision.split(":")[3:5] != place


def registered_again(cloud: Cloud, serving: str, digest: str) -> str:
    """Register the revision that serves with another image of its repository; return the ARN of the new one.

    All else that the version had there, such as roles and secrets, is that account's: it has what serves here.
    """
    answer = cloud.read("ecs", "describe_task_definition", taskDefinition=serving, include=["TAGS"])
    declared = {name: value for name, value in answer["taskDefinition"].items() if name not in ADDED}
    first, *others = declared["containerDefinitions"]
    image = f"{first['image'].partition('@')[0]}@{digest}"
    tags = {"tags": answer["tags"]} if answer.get("tags") else {}
    request = {**declared, **tags, "containerDefinitions": [{**first, "image": image}, *others]}
    made = cloud.write("ecs", "register_task_definition", **request)
    return str(made["taskDefinition"]["taskDefinitionArn"])
