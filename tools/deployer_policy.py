"""Write what the deployer may do, from what recorded runs needed: roles/deployer/vars/main/statements.yml.

    python -m rehearsal up --record ...      # then run site.yml, release.yml, ..., teardown.yml of dev
    python -m rehearsal needed > needed.json
    python tools/deployer_policy.py needed.json

    python tools/deployer_policy.py --show prod    # the policy as JSON, for a role that is made by hand

Adds to what the file has; --anew forgets that first. What the names of an environment begin with, account and region
become placeholders; a resource that has an id and no name is told by its tags.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from rehearsal.authorization.needs import UNKNOWN  # noqa: E402  the path is set above
from rehearsal.authorization.reference import takes_request_tags, types  # noqa: E402  as above

FILE = ROOT / "roles" / "deployer" / "vars" / "main" / "statements.yml"
HEAD = """\
---
# yamllint disable rule:indentation rule:line-length
# Written by tools/deployer_policy.py from what the API calls of recorded runs needed.
__deployer_statements:
"""
PLACES = {
    "arn:aws:": "arn:${cloud.current.partition}:",
    ":123456789012:": ":${cloud.current.account}:",
    ":us-east-1:": ":${cloud.current.region}:",
    "dev.example.com": "{{ dns_zone_name }}",
    "slipway/dev": "{{ project }}/{{ env_name }}",
    "slipway-dev": "{{ name_prefix }}",
}
#: Names that are AWS's, not an environment's.
_THEIRS = re.compile(r":secret:rds!|:role/aws-service-role/")
_OURS = re.compile(r"(.*?(?:slipway[-/]dev|dev\.example\.com)).*")
_KIND = re.compile(r"(arn:(?:[^:]*:){4}(?:[\w-]+[/:])?).*")
_REGIONAL = re.compile(r"\.us-east-1\.amazonaws")
OURS = {"aws:ResourceTag/environment": "{{ env_name }}", "aws:ResourceTag/project": "{{ project }}"}
MADE = {"aws:RequestTag/environment": "{{ env_name }}", "aws:RequestTag/project": "{{ project }}"}
Key = tuple[str, str]


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("needed", type=Path, nargs="*")
    parser.add_argument("--anew", action="store_true")
    parser.add_argument("--show", metavar="ENVIRONMENT")
    options = parser.parse_args()
    if options.show:
        print(json.dumps(document(options.show), indent=2))
        return
    needs = [need for path in options.needed for need in json.loads(path.read_text(encoding="utf-8"))]
    unknown = sorted({need["action"] for need in needs if need["resource"] == UNKNOWN})
    if unknown:
        sys.exit(
            f"not in rehearsal/authorization/actions.yml: run tools/iam_actions.py {' '.join(unknown)}, record again"
        )
    known = yaml.safe_load(FILE.read_text(encoding="utf-8"))["__deployer_statements"] if FILE.exists() else []
    written = statements(needs, [] if options.anew else known)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(written, width=116, sort_keys=False, default_flow_style=None)
    FILE.write_text(HEAD + re.sub("^", "  ", text, flags=re.MULTILINE).rstrip() + "\n", encoding="utf-8")


def document(environment: str, account: str = "123456789012", region: str = "us-east-1") -> dict[str, Any]:
    """Return the deployer's whole policy for an environment; IAM would want it in parts."""
    text = json.dumps(yaml.safe_load(FILE.read_text(encoding="utf-8"))["__deployer_statements"])
    places = {
        "${cloud.current.partition}": "aws",
        "${cloud.current.account}": account,
        "${cloud.current.region}": region,
        "{{ name_prefix }}": f"slipway-{environment}",
        "{{ project }}": "slipway",
        "{{ env_name }}": environment,
        "{{ dns_zone_name }}": _zone(environment),
    }
    for placeholder, value in places.items():
        text = text.replace(placeholder, value)
    return {"Version": "2012-10-17", "Statement": json.loads(text)}


def _zone(environment: str) -> str:
    path = ROOT / "inventories" / environment / "group_vars" / environment / "main.yml"
    return str(yaml.safe_load(path.read_text(encoding="utf-8"))["dns_zone_name"])


def statements(needs: Iterable[Mapping[str, Any]], known: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Return statements that allow what was needed: one a service and condition."""
    found: dict[Key, tuple[set[str], set[str]]] = {}
    for one in known:
        key = one["Action"][0].split(":", maxsplit=1)[0], json.dumps(one.get("Condition", {}), sort_keys=True)
        actions, resources = found.setdefault(_apart(key, one["Resource"]), (set(), set()))
        actions.update(one["Action"])
        resources.update(one["Resource"])
    for need in needs:
        resource = generalised(need["resource"])
        condition = json.dumps(condition_of(need, resource), sort_keys=True)
        key = _apart((need["action"].split(":")[0], condition), [resource])
        actions, resources = found.setdefault(key, (set(), set()))
        actions.add(need["action"])
        resources.add(resource)
    return [_statement(number, key, *found[key]) for number, key in enumerate(sorted(found), 1)]


def _apart(key: Key, resources: list[str]) -> Key:
    """Keep what is allowed on everything, or on a whole kind, apart from what is allowed on something with a name."""
    if resources == ["*"]:
        return f"{key[0]} anywhere", key[1]
    kinds = sorted({_KIND.sub(r"\1", one) for one in resources if not _named(one)})
    return (f"{key[0]} {' '.join(kinds)}", key[1]) if kinds and key[1] == "{}" else key


def _named(resource: str) -> bool:
    return "{{" in resource or bool(_THEIRS.search(resource))


def _statement(number: int, key: Key, actions: set[str], resources: set[str]) -> dict[str, Any]:
    condition = json.loads(key[1])
    sid = re.sub(r"\W", "", key[0].split(" ")[0].title()) + ("Anywhere" if " " in key[0] else "") + str(number)
    told: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": _least(resources)}
    return {**told, "Condition": condition} if condition else told


def _least(resources: set[str]) -> list[str]:
    """Leave out what another pattern covers."""
    stems = {one.removesuffix("*") for one in resources if one.endswith("*")}
    return sorted(
        one for one in resources if not any(one != f"{stem}*" and one.startswith(stem) for stem in stems if stem)
    )


def generalised(arn: str) -> str:
    """Return an ARN for any run of any environment."""
    if arn == "*":
        return arn
    if not _THEIRS.search(arn):
        ours = _OURS.fullmatch(arn)
        arn = f"{ours[1]}*" if ours else _KIND.sub(r"\1*", arn)
    for text, placeholder in PLACES.items():
        arn = arn.replace(text, placeholder)
    return arn


def condition_of(need: Mapping[str, Any], resource: str) -> dict[str, Any]:
    """Return what must hold beside the resource's name."""
    action, context = need["action"], need["context"]
    if action == "iam:PassRole":
        return {"StringEquals": {"iam:PassedToService": context["iam:PassedToService"]}}
    if action == "iam:CreateServiceLinkedRole":
        return {"StringEquals": {"iam:AWSServiceName": context["iam:AWSServiceName"]}}
    if "kms:ViaService" in context:
        via = [_REGIONAL.sub(".${cloud.current.region}.amazonaws", one) for one in context["kms:ViaService"]]
        return {"StringEquals": {"kms:ViaService": via}}
    if resource == "*" or _named(resource):
        made = resource == "*" and takes_request_tags(action) and any("RequestTag" in key for key in context)
        return {"StringEquals": MADE} if made else {}
    if any("ResourceTag" in key for key in context):
        return {"StringEquals": OURS}
    made = takes_request_tags(action) and any("RequestTag" in key for key in context)
    return {"StringEquals": MADE} if made and any(one.tagged for one in types(action)) else {}


if __name__ == "__main__":
    main()
