"""Patterns for the ARNs of recorded runs, which hold for any run of any environment.

What the names of an environment begin with, account and region become placeholders, another region any; what belongs to
an environment before, whose versions are taken over, has placeholders of its own.
"""

from __future__ import annotations

import re

#: The environment before, as recorded.
SOURCE = "slipway-staging"
OF_SOURCE = {
    ":us-east-1:": ":<region>:",
    ":123456789012:": ":<account>:",
    SOURCE: "<name_prefix>",
}
PLACES = {
    "arn:aws:": "arn:${cloud.current.partition}:",
    ":123456789012:": ":${cloud.current.account}:",
    ":us-east-1:": ":${cloud.current.region}:",
    "/us-east-1/123456789012/": "/${cloud.current.region}/${cloud.current.account}/",
    "dev.example.com": "{{ dns_zone_name }}",
    "slipway/dev": "{{ project }}/{{ env_name }}",
    "slipway-dev": "{{ name_prefix }}",
    "slipway_dev": "{{ name_prefix | replace('-', '_') }}",
}
#: Names that are AWS's, not an environment's.
THEIRS = re.compile(
    r":secret:rds!|:role/aws-service-role/|:og:default:|:deploymentconfig:CodeDeployDefault|regional/managedruleset/"
)
#: RDS names its secrets by ids.
_RDS_SECRET = re.compile(r"(:secret:rds!db-).+")
#: What a drill makes, beside what serves.
OF_DRILL = re.compile(r"(?:slipway-dev-restore-drill|slipway/dev/restore_drill)\b")
#: Up to the environment's name, or a drill's, and what comes behind it.
_OURS = re.compile(rf"(.*?(?:{OF_DRILL.pattern}|slipway[-/_]dev|dev\.example\.com))(?:([-/:.]).*)?")
_KIND = re.compile(r"(arn:(?:[^:]*:){4}(?:[\w-]+[/:])?).*")
#: A region that is not the environment's own, where copies go.
ELSEWHERE = re.compile(r"(?<=[:.])(?!us-east-1\b)[a-z]{2}-[a-z]+-\d(?=[:.])")
_GATEWAY = "arn:aws:apigateway:"


def is_of_source(arn: str) -> bool:
    """Say whether a resource belongs to the environment whose versions are taken over."""
    return SOURCE in arn


def generalised(arn: str) -> str:
    """Return an ARN for any run of any environment."""
    if arn == "*":
        return arn
    if is_of_source(arn):
        return _of_source(arn)
    if arn.startswith(_GATEWAY):
        arn = _path(arn)
    elif THEIRS.search(arn):
        arn = _RDS_SECRET.sub(r"\1*", arn)
    else:
        ours = _OURS.fullmatch(arn)
        arn = _ours(ours[1], ours[2]) if ours else _KIND.sub(r"\1*", arn)
    for text, placeholder in PLACES.items():
        arn = arn.replace(text, placeholder)
    return ELSEWHERE.sub("*", arn)


def _of_source(arn: str) -> str:
    """Return a pattern for the repositories of the source, or one resource of it, wherever that is."""
    stem, repositories, _ = arn.partition(f"{SOURCE}/")
    arn = f"{stem}{repositories}*" if repositories else arn
    for text, placeholder in (OF_SOURCE | {"arn:aws:": PLACES["arn:aws:"]}).items():
        arn = arn.replace(text, placeholder)
    return arn


def _path(arn: str) -> str:
    """Return a pattern for what is under a path of API Gateway: ids are AWS's, and parts have no tags of their own."""
    stem, _, path = arn.partition("::/")
    kind, *rest = path.split("/")
    one = "*.dev.example.com" if kind == "domainnames" else "*"
    return f"{stem}::/{'/'.join([kind, *([one] if rest else []), *(['*'] if rest[1:] else [])])}"


def _ours(stem: str, separator: str | None) -> str:
    """Return a pattern that takes no name of an environment whose name only begins the same.

    Log groups are asked for with a stream, or a colon, behind their name.
    """
    return f"{stem}{separator}*" if separator else stem + ("*" if ":logs:" in stem else "")


def named(resource: str) -> bool:
    """Say whether a pattern names something: one of ours, of the environment before, or of AWS."""
    return "{{" in resource or "<name_prefix>" in resource or bool(THEIRS.search(resource))


def placed(text: str) -> str:
    """Return an ARN in the partition of whoever runs."""
    return text.replace("arn:aws:", PLACES["arn:aws:"])
