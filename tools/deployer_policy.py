"""Write what the deployer and who plans and drills may do, from what the API calls of recorded runs needed.

    python -m tests.e2e.lifecycle platform platform.json    # and its other lives
    python tools/deployer_policy.py platform.json           # takes the place of what was recorded of that life before

    python tools/deployer_policy.py --show prod --kind plan    # the policy as JSON, for a role that is made by hand

Keeps one need of each kind in rehearsal/authorization/needed.jsonl, and makes of them the statements of roles/deployer.
What the names of an environment begin with, account and region become placeholders, another region any; a resource that
has an id and no name is told by its tags. What belongs to an environment before, whose versions are taken over, has
placeholders of its own.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from rehearsal.authorization.gate import REGION  # noqa: E402  the path is set above
from rehearsal.authorization.needs import DESCRIBE_ALARMS, RECORD_NAMES, UNKNOWN  # noqa: E402  as above
from rehearsal.authorization.reference import takes_request_tags, types  # noqa: E402  as above
from tools.policy_places import (  # noqa: E402  as above
    ELSEWHERE,
    OF_DRILL,
    THEIRS,
    generalised,
    is_of_source,
    named,
    placed,
)

FILE = ROOT / "roles" / "deployer" / "vars" / "main" / "statements.yml"
NEEDED = ROOT / "rehearsal" / "authorization" / "needed.jsonl"
HEAD = """\
---
# yamllint disable rule:indentation rule:line-length
# Written by tools/deployer_policy.py from what the API calls of recorded runs needed.
"""
#: Kinds of roles, and the lives that each is for; rehearsal/authorization/LIFE.json has one that no run lives.
KINDS = {
    "deploy": (
        "platform",
        "releases",
        "answers",
        "engines",
        "flags",
        "gateway",
        "moves",
        "build",
        "guarded",
        "seldom",
    ),
    "plan": ("looks", "pull"),
    "drill": ("drill",),
}
OURS = {"aws:ResourceTag/environment": "{{ env_name }}", "aws:ResourceTag/project": "{{ project }}"}
MADE = {"aws:RequestTag/environment": "{{ env_name }}", "aws:RequestTag/project": "{{ project }}"}
#: By which tag GuardDuty marks what it makes in a VPC of ours, and nobody removes when the VPC is to go.
GUARDED = "aws:ResourceTag/GuardDutyManaged"
#: Of a request that leaves alone by what it is told whose something is.
NOT_TOLD = dict.fromkeys(MADE, "true")
#: Actions that tag what has no name of its own.
TAGGING = (
    "acm:AddTagsToCertificate",
    "application-autoscaling:TagResource",
    "backup:TagResource",
    "elasticfilesystem:TagResource",
    "kms:TagResource",
)
#: What AWS wants to be allowed on everything, though it could be allowed on less: composite alarms are shown only then.
HERE = (DESCRIBE_ALARMS,)
#: Condition keys of which a statement lists every value that was needed.
LISTED = ("iam:PassedToService", "iam:AWSServiceName", "iam:PolicyARN")
Need = Mapping[str, Any]
Condition = dict[str, dict[str, Any]]
Key = tuple[str, str, str]


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("recorded", type=Path, nargs="*", help="what tests/e2e/lifecycle.py wrote")
    parser.add_argument("--show", metavar="ENVIRONMENT", help="print the policy instead")
    parser.add_argument("--kind", choices=KINDS, default="deploy", help="of which role")
    options = parser.parse_args()
    if options.show:
        sys.stdout.write(json.dumps(document(options.show, options.kind), indent=2) + "\n")
        return
    for path in options.recorded:
        told = json.loads(path.read_text(encoding="utf-8"))
        keep(told["life"], told["needs"])
    FILE.write_text(rendered(), encoding="utf-8")


def keep(life: str, needs: list[Need]) -> None:
    """Keep one need of each kind, and which lives had it; a life takes the place of what was kept of it before.

    Args:
        life: as ``tests/e2e/lifecycle.py`` calls it.
        needs: what it needed: ``action``, ``resource`` and ``context``.

    Raises:
        SystemExit: an action is not in the reference.
    """
    unknown = sorted({need["action"] for need in needs if need["resource"] == UNKNOWN})
    if unknown:
        sys.exit(
            f"not in rehearsal/authorization/actions.yml: run tools/iam_actions.py {' '.join(unknown)}, record again"
        )
    others = [{**one, "lives": sorted(set(one["lives"]) - {life})} for one in needed()]
    kinds = {_kind(one): one for one in others if one["lives"]}
    for key, one in {_kind(need): need for need in reversed(needs)}.items():
        lives = [*kinds.get(key, {"lives": []})["lives"], life]
        kept = {"action": one["action"], "resource": one["resource"], "context": _told(one)}
        kinds[key] = {**kinds.get(key, kept), "lives": sorted(lives)}
    lines = sorted(json.dumps(one) for one in kinds.values())
    NEEDED.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    needed.cache_clear()


def _kind(need: Need) -> str:
    condition = condition_of(need)
    resource = generalised(need["resource"])
    return json.dumps([need["action"], resource, condition])


def _told(need: Need) -> dict[str, list[str]]:
    """Return the context without what no condition asks for."""
    asked = ("aws:RequestTag/", "aws:ResourceTag/", "ec2:CreateAction", "kms:", RECORD_NAMES, *LISTED)
    ours = (
        "aws:RequestTag/environment",
        "aws:RequestTag/project",
        "aws:ResourceTag/environment",
        "aws:ResourceTag/project",
        GUARDED,
    )
    return {
        name: list(values)
        for name, values in sorted(need["context"].items())
        if (name.startswith(asked) and (name in ours or "Tag/" not in name))
        or (name == REGION and need["action"] in HERE)
        or (name.startswith("aws:RequestTag/") and _of_others(need))
    }


def _of_others(need: Need) -> bool:
    """Say whether something that IAM knows no resource of gets tags, and not those that tell whose it is."""
    return need["resource"] == "*" and not MADE.keys() & need["context"].keys()


def _here(need: Need) -> bool:
    """Say whether a need on everything is one in the environment's region only."""
    return need["action"] in HERE and need["resource"] == "*"


@cache
def needed() -> list[dict[str, Any]]:
    """Return what recorded runs needed: action, resource, context and the lives that had it."""
    return [json.loads(line) for line in NEEDED.read_text(encoding="utf-8").splitlines()]


def needed_by(kind: str) -> list[dict[str, Any]]:
    """Return what the lives of a kind of role needed."""
    return [one for one in needed() if set(one["lives"]) & set(KINDS[kind])]


def rendered() -> str:
    """Return the file with the statements of each kind of role, three lines each: on its own, and on a source's."""
    return HEAD + "".join(text for kind in KINDS for text in _of_kind(kind))


def _of_kind(kind: str) -> Iterator[str]:
    own = statements(one for one in needed_by(kind) if not is_of_source(one["resource"]))
    others = statements(one for one in needed_by(kind) if is_of_source(one["resource"]))
    for one in others:
        del one["Sid"]  # there may be several sources
    for name, found in (("statements", own), ("source_statements", others)):
        yield f"__deployer_{kind}_{name}:{'' if found else ' []'}\n{''.join(map(_lines, found))}"


def _lines(statement: Mapping[str, Any]) -> str:
    head = {name: value for name, value in statement.items() if name not in {"Action", "Resource"}}
    parts = [json.dumps(head)[1:-1], *(f'"{name}": {json.dumps(statement[name])}' for name in ("Action", "Resource"))]
    return f"  - {{{',\n     '.join(parts)}}}\n"


def document(environment: str, kind: str = "deploy", before: Sequence[str] | None = None) -> dict[str, Any]:
    """Return what a role may do in an environment as one policy, which IAM would want in parts.

    Args:
        environment: of the role.
        kind: one of ``KINDS``.
        before: whose versions may be taken over; without it, those of the environments before.
    """
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = _filled(content[f"__deployer_{kind}_statements"], environment)
    for one in sources(environment) if before is None else before:
        found += _filled(content[f"__deployer_{kind}_source_statements"], one)
    return {"Version": "2012-10-17", "Statement": found}


def sources(environment: str) -> list[str]:
    """Return the environments whose versions may be taken over into one: those before it."""
    shared = yaml.safe_load((ROOT / "group_vars" / "all" / "main.yml").read_text(encoding="utf-8"))
    order = list(shared["environments"])
    return order[: order.index(environment)]


def _filled(found: Any, environment: str, account: str = "123456789012", region: str = "us-east-1") -> list[Any]:
    text = json.dumps(found)
    places = {
        "${cloud.current.partition}": "aws",
        "${cloud.current.account}": account,
        "${cloud.current.region}": region,
        "{{ name_prefix }}": f"slipway-{environment}",
        "{{ name_prefix | replace('-', '_') }}": f"slipway_{environment}",
        "{{ project }}": "slipway",
        "{{ env_name }}": environment,
        "{{ dns_zone_name }}": _zone(environment),
        "<name_prefix>": f"slipway-{environment}",
        "<account>": account,
        "<region>": region,
    }
    for placeholder, value in places.items():
        text = text.replace(placeholder, value)
    told: list[Any] = json.loads(text)
    return told


def _zone(environment: str) -> str:
    path = ROOT / "inventories" / environment / "group_vars" / environment / "main.yml"
    return str(yaml.safe_load(path.read_text(encoding="utf-8"))["dns_zone_name"])


def statements(needs: Iterable[Need]) -> list[dict[str, Any]]:
    """Return statements that allow what was needed: one a service, kind of resource and condition."""
    found: dict[Key, list[Need]] = {}
    for need in _not_covered(list(needs)):
        found.setdefault(_key(need), []).append(need)
    sids: dict[str, int] = {}
    return [_statement(_sid(key, sids), found[key]) for key in sorted(found)]


def _not_covered(needs: list[Need]) -> list[Need]:
    """Leave out what is needed on something alone where the action is needed on everything."""
    everywhere = {need["action"] for need in needs if need["resource"] == "*" and need["action"] in HERE}
    return [need for need in needs if need["resource"] == "*" or need["action"] not in everywhere]


def _key(need: Need) -> Key:
    """Tell apart what is allowed on something with a name, a drill's, AWS's, on a whole kind, and on everything."""
    resource, condition = generalised(need["resource"]), condition_of(need)
    own = (
        need["action"] if any(name in pairs for pairs in condition.values() for name in (*LISTED, RECORD_NAMES)) else ""
    )
    for pairs in condition.values():
        pairs.update({name: "" for name in LISTED if name in pairs})
    apart = resource == "*" or not (condition or named(resource)) or (THEIRS.search(resource) and not condition)
    place = resource if apart else "drill" if OF_DRILL.search(need["resource"]) else ""
    return need["action"].split(":")[0], json.dumps(condition, sort_keys=True) + own, place


def _sid(key: Key, sids: dict[str, int]) -> str:
    name = re.sub(r"\W", "", key[0].title())
    sids[name] = sids.get(name, 0) + 1
    return f"{name}{chr(ord('A') + sids[name] - 1)}"


def _statement(sid: str, needs: list[Need]) -> dict[str, Any]:
    actions = sorted({need["action"] for need in needs})
    resources = _least({generalised(need["resource"]) for need in needs})
    told: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    condition = _joined([condition_of(need) for need in needs])
    return {**told, "Condition": condition} if condition else told


def _joined(conditions: list[Condition]) -> Condition:
    """Return conditions that differ in the values of listed keys as one."""
    joined = conditions[0]
    for operator, pairs in joined.items():
        for name in set(pairs) & set(LISTED):
            pairs[name] = sorted({value for one in conditions for value in one[operator][name]})
    return joined


def _least(resources: set[str]) -> list[str]:
    """Leave out what another pattern covers."""
    stems = {one.removesuffix("*") for one in resources if one.endswith("*")}
    return sorted(
        one for one in resources if not any(one != f"{stem}*" and one.startswith(stem) for stem in stems if stem)
    )


def condition_of(need: Need) -> Condition:
    """Return what must hold beside the resource's name."""
    context = need["context"]
    for name, operator in (
        ("iam:PassedToService", "StringEquals"),
        ("iam:AWSServiceName", "StringEquals"),
        ("iam:PolicyARN", "ArnEquals"),
    ):
        if name in context:
            return {operator: {name: [placed(one) for one in context[name]]}}
    if RECORD_NAMES in context:
        return {"ForAllValues:StringLike": {RECORD_NAMES: ["{{ dns_zone_name }}", "*.{{ dns_zone_name }}"]}}
    if "kms:ViaService" in context:
        return _through(context)
    return _tags(need)


def _through(context: Mapping[str, Any]) -> Condition:
    here = [one.replace(".us-east-1.", ".${cloud.current.region}.") for one in context["kms:ViaService"]]
    via = {"kms:ViaService": [ELSEWHERE.sub("*", one) for one in here]}
    tags = OURS if any("ResourceTag" in name for name in context) else {}
    granted = {"Bool": {"kms:GrantIsForAWSResource": "true"}} if "kms:GrantIsForAWSResource" in context else {}
    elsewhere = via["kms:ViaService"] != here
    own: Condition = {"StringLike": via, "StringEquals": tags} if elsewhere else {"StringEquals": {**via, **tags}}
    return {operator: pairs for operator, pairs in {**own, **granted}.items() if pairs}


def _tags(need: Need) -> Condition:
    """Return whose tags what has no name must carry, or be given."""
    action, context, resource = need["action"], need["context"], generalised(need["resource"])
    asks = takes_request_tags(action) and any("RequestTag" in name for name in context)
    if _here(need):
        return {"StringEquals": {REGION: "${cloud.current.region}"}}
    if resource == "*":
        return ({"Null": dict(NOT_TOLD)} if _of_others(need) else {"StringEquals": dict(MADE)}) if asks else {}
    if named(resource):
        return {}
    if any("ResourceTag" in name for name in context):
        return {"StringEquals": {GUARDED: "true"} if GUARDED in context else dict(OURS)}
    if not asks or not any(one.tagged for one in types(action)):
        return {}
    return {"StringEquals": dict(MADE), **_of_new_things(action, context)}


def _of_new_things(action: str, context: Mapping[str, Any]) -> Condition:
    """Return what keeps tags from making somebody else's things ours: they go to what is made just now, or has none."""
    if action in TAGGING:
        return {"StringEqualsIfExists": dict(OURS)}
    if action != "ec2:CreateTags":
        return {}
    made = "ec2:CreateAction" in context
    return {"Null": {"ec2:CreateAction": "false"} if made else {"aws:ResourceTag/environment": "true"}}


if __name__ == "__main__":
    main()
