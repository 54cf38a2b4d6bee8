"""What load balancers, listeners and target groups share: tags read in batches, attributes as a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..adapter import Adapter, tag_changes, tag_dict, tag_list
from ..cloud import Cloud
from ..compare import Change, Changes
from ..parallel import side_by_side
from ..resource import Resource

BATCH = 20  # DescribeTags and Modify...Attributes take at most twenty


def tags_of(cloud: Cloud, arns: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the tags of load balancers, listeners or target groups by ARN."""
    wanted = list(arns)

    def told(start: int) -> list[dict[str, Any]]:
        answer = cloud.read("elbv2", "describe_tags", ResourceArns=wanted[start : start + BATCH])
        return list(answer["TagDescriptions"])

    batches = side_by_side(told, range(0, len(wanted), BATCH))
    return {item["ResourceArn"]: tag_dict(item["Tags"]) for batch in batches for item in batch}


def attributes_as_declared(answer: Mapping[str, Any], resource: Resource) -> dict[str, Any]:
    """Return AWS's attributes, which are texts, with the types of the property ``Attributes`` as declared.

    Attributes that are not declared are left out.
    """
    actual = {item["Key"]: item.get("Value", "") for item in answer["Attributes"]}
    declared = resource.properties.get("Attributes") or {}
    return {
        key: value if as_text(value) == actual[key] else actual[key] for key, value in declared.items() if key in actual
    }


def write_attributes(adapter: Adapter, operation: str, change: Change, **target: str) -> None:
    """Set those attributes that differ."""
    before = change.before or {}
    wanted = {key: as_text(value) for key, value in change.after.items() if before.get(key) != value}
    pairs = tag_list(wanted)  # the same shape as tags
    for start in range(0, len(pairs), BATCH):
        adapter.write(operation, **target, Attributes=pairs[start : start + BATCH])


def mend_tags(adapter: Adapter, arn: str, changes: Changes) -> None:
    """Set and remove tags."""
    add, remove = tag_changes(changes)
    if add:
        adapter.write("add_tags", ResourceArns=[arn], Tags=tag_list(add))
    if remove:
        adapter.write("remove_tags", ResourceArns=[arn], TagKeys=remove)


def as_text(value: Any) -> str:
    """Return a value as ELB writes it in an attribute."""
    return str(value).lower() if isinstance(value, bool) else str(value)
