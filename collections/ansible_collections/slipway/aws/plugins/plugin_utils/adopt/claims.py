"""What an environment consists of, by a Terraform state file or by a tag: types and ids, and nothing of what it holds.

A state file has passwords in it. Only ids are taken from one; what a thing is like is asked of AWS.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..cloud import Cloud
from ..resource import ConvergeError

#: The version of the format that Terraform writes since 0.12, and OpenTofu.
FORMAT = 4
#: Attribute that identifies a thing, where it is not its ``id``.
NAMED_BY = {"aws_db_instance": "identifier", "aws_lb": "arn", "aws_alb": "arn", "aws_route53_zone": "zone_id"}
SAME = {"aws_alb": "aws_lb"}
#: Types by service and first word of what an ARN names.
BY_ARN = {
    "ec2:vpc": "aws_vpc",
    "ec2:subnet": "aws_subnet",
    "ec2:internet-gateway": "aws_internet_gateway",
    "ec2:natgateway": "aws_nat_gateway",
    "ec2:elastic-ip": "aws_eip",
    "ec2:route-table": "aws_route_table",
    "ec2:security-group": "aws_security_group",
    "ec2:security-group-rule": "aws_security_group_rule",
    "ec2:vpc-endpoint": "aws_vpc_endpoint",
    "elasticloadbalancing:loadbalancer": "aws_lb",
    "elasticloadbalancing:listener": "aws_lb_listener",
    "elasticloadbalancing:listener-rule": "aws_lb_listener_rule",
    "elasticloadbalancing:targetgroup": "aws_lb_target_group",
    "rds:db": "aws_db_instance",
    "rds:subgrp": "aws_db_subnet_group",
    "rds:pg": "aws_db_parameter_group",
    "ecs:cluster": "aws_ecs_cluster",
    "ecs:service": "aws_ecs_service",
    "ecs:task-definition": "aws_ecs_task_definition",
    "ecr:repository": "aws_ecr_repository",
    "route53:hostedzone": "aws_route53_zone",
    "acm:certificate": "aws_acm_certificate",
    "secretsmanager:secret": "aws_secretsmanager_secret",
}
#: Types that ARNs have whole in their place.
WHOLE = frozenset({"aws_lb", "aws_ecs_cluster", "aws_ecs_service", "aws_secretsmanager_secret"})


@dataclass
class Claims:
    """What belongs to an environment.

    Attributes:
        ids: ids by type, under Terraform's names of types.
        places: account and region of every ARN that has both.
    """

    ids: dict[str, list[str]] = field(default_factory=dict)
    places: set[tuple[str, str]] = field(default_factory=set)

    def of(self, kind: str) -> list[str]:
        """Return the ids of a type, each once."""
        return list(dict.fromkeys(self.ids.get(kind, [])))

    def add(self, kind: str, name: str, arn: str) -> None:
        """Add one thing."""
        self.ids.setdefault(SAME.get(kind, kind), []).append(name)
        parts = arn.split(":")
        if len(parts) > 5 and parts[3] and parts[4]:  # noqa: PLR2004  fields of an ARN
            self.places.add((parts[4], parts[3]))


def from_state(path: Path) -> Claims:
    """Return what a state file claims.

    Raises:
        ConvergeError: it is none, of another version, encrypted, a pointer to a backend, or holds nothing of AWS.
    """
    claims, kinds = Claims(), set[str]()
    for resource in _state(path)["resources"]:
        kinds.add(resource["type"])
        if resource["type"].startswith("aws_") and _counts(resource):
            for instance in resource.get("instances", []):
                attributes = instance.get("attributes") or {}
                name = attributes.get(NAMED_BY.get(resource["type"], "id")) or attributes.get("id")
                claims.add(resource["type"], str(name), str(attributes.get("arn") or ""))
    if not claims.ids:
        clouds = ", ".join(sorted({kind.partition("_")[0] for kind in kinds})) or "nothing"
        raise ConvergeError(
            f"adopt_state: {path} describes nothing of AWS, but {clouds}; give the state of an AWS environment"
        )
    return claims


def _counts(resource: Mapping[str, Any]) -> bool:
    """Say whether it is made there; a zone is often only looked up."""
    return resource.get("mode") == "managed" or resource["type"] == "aws_route53_zone"


def _state(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ConvergeError(f"adopt_state: there is no file {path}; write one by `terraform state pull > {path.name}`")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConvergeError(
            f"adopt_state: {path} is no JSON; give what `terraform state pull` writes, not a plan or *.tf"
        ) from error
    if problem := _problem(content):
        raise ConvergeError(f"adopt_state: {path} {problem}")
    found: dict[str, Any] = content
    return found


def _problem(content: Any) -> str:
    if not isinstance(content, dict):
        return "is no state; give what `terraform state pull` writes"
    if "encrypted_data" in content:
        return "is encrypted; give what `tofu state pull` writes, which is not"
    if "backend" in content:
        kind = (content["backend"] or {}).get("type", "elsewhere")
        return f"only says where the state is kept (backend {kind}); give what `terraform state pull` writes"
    if content.get("version") != FORMAT:
        return (
            f"has version {content.get('version')!r}, and {FORMAT} can be read; with Terraform 0.12 or newer"
            " `terraform apply -refresh-only` writes it anew"
        )
    return "" if isinstance(content.get("resources"), list) else "has no list of resources; it is no whole state"


def from_tag(cloud: Cloud, tag: str) -> Claims:
    """Return what carries a tag, written ``key=value``.

    Raises:
        ConvergeError: it is written otherwise, or nothing carries it.
    """
    key, _, value = tag.partition("=")
    if not key or not value:
        raise ConvergeError(f"adopt_tag is {tag!r}; write key=value, as in adopt_tag=Project=shop")
    filters = [{"Key": key, "Values": [value]}]
    tagged = cloud.pages("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=filters)
    claims = Claims()
    for kind, name, arn in _of_arns(item["ResourceARN"] for item in tagged):
        claims.add(kind, name, arn)
    if not claims.ids:
        raise ConvergeError(
            f"adopt_tag: nothing in {cloud.region} carries the tag {tag}; give one that the VPC carries"
        )
    return claims


def _of_arns(arns: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for arn in arns:
        _, _, service, _, _, rest = arn.split(":", 5)
        word, _, name = rest.replace("/", ":", 1).partition(":")
        kind = BY_ARN.get(f"{service}:{word}", f"{service} {word}" if name else service)
        yield kind, arn if kind in WHOLE else name or rest, arn
