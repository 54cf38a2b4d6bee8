"""Tags of many resources in a few calls, for services that tell them one resource at a time."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping

from ..adapter import tag_dict
from ..cloud import Cloud
from ..parallel import side_by_side

BATCH = 100  # GetResources takes at most a hundred ARNs

Tags = dict[str, str]


def tags_of_many(cloud: Cloud, wanted: Mapping[str, Tags], ask: Callable[[str], Tags]) -> dict[str, Tags]:
    """Return the tags of resources by ARN.

    The tagging API lags behind the services by seconds to minutes, so it is believed only where it says what is
    wanted; everything else is asked of the service itself.

    Args:
        cloud: the account and region.
        wanted: the tags that each resource should have, by ARN.
        ask: reads the tags of one resource from its service.
    """
    told = tags_by_arn(cloud, sorted(wanted)) if len(wanted) > 1 else {}
    unsure = [arn for arn, tags in wanted.items() if told.get(arn) != tags]
    return told | dict(zip(unsure, side_by_side(ask, unsure), strict=True))


def tags_by_arn(cloud: Cloud, arns: list[str]) -> dict[str, Tags]:
    """Return the tags of resources by ARN, as the tagging API knows them; what never had any is left out."""

    def told(start: int) -> dict[str, Tags]:
        batch = arns[start : start + BATCH]
        answer = cloud.read("resourcegroupstaggingapi", "get_resources", ResourceARNList=batch)
        return {item["ResourceARN"]: tag_dict(item["Tags"]) for item in answer["ResourceTagMappingList"]}

    return dict(ChainMap(*side_by_side(told, range(0, len(arns), BATCH))))
