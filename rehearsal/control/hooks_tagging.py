"""The tagging API: pages of AWS's size, lists of ARNs answered at once, and what moto leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.resource_tagging import TaggedResource, make_tag_matcher, match_resource_type

from rehearsal.control.backups import POINT_TAGS, POINTS
from rehearsal.control.overlay import Call, Refused, operation

ARNS_AT_MOST = 100
#: Resources of a page. AWS limits its tags on request only, moto always.
PAGE, ANY_NUMBER_OF_TAGS = 50, 100_000
#: What cannot stand beside a list of ARNs.
ALONE = ("ResourceTypeFilters", "TagFilters", "ResourcesPerPage", "TagsPerPage", "PaginationToken")


@operation("resourcegroupstaggingapi", "GetResources")
def _get_resources(call: Call) -> dict[str, Any]:
    arns = list(call.params.get("ResourceARNList") or [])
    _refuse(call, arns)
    token, found = call.backend().get_resources(
        pagination_token=call.params.get("PaginationToken"),
        tag_filters=call.params.get("TagFilters") or [],
        resources_per_page=len(arns) or call.params.get("ResourcesPerPage", PAGE),
        tags_per_page=call.params.get("TagsPerPage", ANY_NUMBER_OF_TAGS),
        resource_type_filters=call.params.get("ResourceTypeFilters") or [],
        resource_arn_list=arns,
    )
    last = [] if token else [item for item in _left_out(call) if not arns or item.arn in arns]
    return {"ResourceTagMappingList": [_shown(item) for item in [*found, *last]], "PaginationToken": token or ""}


def _refuse(call: Call, arns: list[str]) -> None:
    beside = [name for name in ALONE if call.params.get(name)]
    if len(arns) > ARNS_AT_MOST:
        raise Refused("InvalidParameterException", f"ResourceARNList has {len(arns)} members, at most {ARNS_AT_MOST}")
    if arns and beside:
        raise Refused("InvalidParameterException", f"ResourceARNList cannot be given with {', '.join(beside)}")


def _left_out(call: Call) -> Iterator[TaggedResource]:
    fits, kinds = make_tag_matcher(call.params.get("TagFilters") or []), call.params.get("ResourceTypeFilters")
    for item in (*_repositories(call), *_recovery_points(call)):
        if item.tags and fits(item.tags) and match_resource_type(item.resource_type, kinds):
            yield item


def _repositories(call: Call) -> Iterator[TaggedResource]:
    ecr = call.backend("ecr")
    for repository in ecr.repositories.values():
        yield TaggedResource(repository.arn, ecr.tagger.get_tag_dict_for_resource(repository.arn), "ecr:repository")


def _recovery_points(call: Call) -> Iterator[TaggedResource]:
    """Yield those that are snapshots of RDS."""
    tags = call.world.kept(POINT_TAGS)
    for (region, _), points in call.world.kept(POINTS).items():
        if region == call.region:
            yield from (TaggedResource(arn, tags[region, arn], "rds:snapshot") for arn in points)


def _shown(item: TaggedResource) -> dict[str, Any]:
    return {"ResourceARN": item.arn, "Tags": [{"Key": key, "Value": value} for key, value in item.tags.items()]}
