"""Which services stand and are not listed, by the tags of what stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from ..adapter import tag_dict
from ..cloud import Cloud
from ..previews.derive import PREFIX

#: Tag of what belongs to no service.
PLATFORM = "platform"
#: A service's repository is made before everything else of it and goes last, and its log group shows one without it.
FIRST_AND_LAST = ["ecr", "logs"]
SECRETS = ":secretsmanager:"


class Removed(NamedTuple):
    """A service that is not listed, and the ARNs of what stands of it."""

    service: str
    arns: tuple[str, ...]


def find(cloud: Cloud, project: str, environment: str, listed: Collection[str]) -> list[Removed]:
    """Return the services of an environment that stand and are not listed; previews of branches are none.

    Args:
        cloud: the account and region.
        project: tag of everything.
        environment: tag of everything in it.
        listed: names in ``environment_services``, all of them.
    """
    shown = _tagged(cloud, project, environment, ResourceTypeFilters=FIRST_AND_LAST)
    names = {tags.get("service", PLATFORM) for _, tags in shown} - {PLATFORM, *listed}
    told = sorted(name for name in names if not name.startswith(PREFIX))
    return [Removed(name, standing(cloud, project, environment, name)) for name in told]


def standing(cloud: Cloud, project: str, environment: str, service: str) -> tuple[str, ...]:
    """Return the ARNs of what stands of one service, without secrets that wait for their end."""
    arns = sorted(arn for arn, _ in _tagged(cloud, project, environment, service))
    return tuple(arn for arn in arns if SECRETS not in arn or _stays(cloud, arn))


def _tagged(
    cloud: Cloud, project: str, environment: str, service: str = "", **more: Any
) -> list[tuple[str, dict[str, str]]]:
    wanted = {"project": project, "environment": environment, "managed_by": "slipway", "service": service}
    filters = [{"Key": key, "Values": [value] if value else []} for key, value in wanted.items()]
    items = cloud.pages(
        "resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=filters, **more
    )
    return [(item["ResourceARN"], tag_dict(item["Tags"])) for item in items]


def _stays(cloud: Cloud, arn: str) -> bool:
    return "DeletedDate" not in cloud.read("secretsmanager", "describe_secret", SecretId=arn)


def line(environment: str, removed: Removed) -> str:
    """Return a sentence about a service: what of it stands, and what to do."""
    command = f"playbooks/remove_service.yml -i inventories/{environment} -e confirm={environment}"
    return (
        f"{removed.service} stands and is not in environment_services: {kinds(removed.arns)}. Put it back, or remove it"
        f" with its data: ansible-playbook {command} -e service={removed.service}"
    )


def kinds(arns: Iterable[str]) -> str:
    """Return what ARNs are, counted: ``2 ecs service, 1 logs log-group``."""
    counted = Counter(_kind(arn) for arn in arns)
    return ", ".join(f"{number} {kind}" for kind, number in sorted(counted.items()))


def _kind(arn: str) -> str:
    service, kind, _ = parts(arn)
    return f"{service} {kind}"


def parts(arn: str) -> tuple[str, str, str]:
    """Return service, kind and name of what an ARN names; what parts the last two is a colon or a slash."""
    _, _, service, _, _, rest = arn.split(":", 5)
    kind, _, name = rest.replace(":", "/", 1).partition("/") if ":" in rest.split("/")[0] else rest.partition("/")
    return service, kind, name
