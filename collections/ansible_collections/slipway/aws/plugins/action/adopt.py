"""Takes an existing environment over into an inventory; the work is in ``plugin_utils/adopt``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.claims import Claims, from_state, from_tag
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.describe import Described, describe
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.files import files
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.survey import survey
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.inventory_new import DOMAIN, NAME
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

ARGUMENTS = {
    "name": {"type": "str", "default": ""},
    "state_file": {"type": "str", "default": ""},
    "tag": {"type": "str", "default": ""},
    "domain": {"type": "str", "default": ""},
    "environments": {"type": "list", "elements": "str", "required": True},
    "root": {"type": "path", "required": True},
    "region": {"type": "str"},
}
SHARED = Path("group_vars") / "all"


class ActionModule(Acting):
    """Finds what there is, then writes all files or, in check mode, none."""

    arguments = ARGUMENTS
    _supports_diff = True

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the files, how much was taken over, and what is left outside."""
        self._check(options)
        root, cloud = Path(options["root"]).resolve(), Cloud(options["region"])
        claims = _claims(options, cloud)
        described = describe(survey(cloud, claims), options["name"], options["domain"], self._taken(root))
        texts = _texts(root, described, options["environments"])
        diff = [_diff(path, text, root) for path, text in texts.items()]
        if not self._task.check_mode:
            _write(root, options["name"], texts)
        left = [f"{one['what']}: {one['why']}" for one in described.part.left]
        names = [str(path.relative_to(root)) for path in texts]
        return {
            "changed": any(one["before"] != one["after"] for one in diff),
            "files": names,
            "left": left,
            "diff": diff,
        }

    def _taken(self, root: Path) -> set[str]:
        groups = self.task_vars["groups"]
        return {*groups, *groups["platform"], *(path.name for path in (root / "roles").iterdir())}

    @staticmethod
    def _check(options: dict[str, Any]) -> None:
        """Refuse what cannot be before anything is asked of AWS."""
        name, domain = options["name"], options["domain"]
        problems = []
        if not NAME.fullmatch(name):
            problems.append(
                f"adopt_name is {name or 'not set'}; give 2 to 20 lower-case letters, digits, hyphens, a letter first"
            )
        elif name in options["environments"]:
            problems.append(
                f"adopt_name is {name}, which is an environment already; give the new one a name of its own"
            )
        if bool(options["state_file"]) == bool(options["tag"]):
            problems.append("give either adopt_state, a Terraform state file, or adopt_tag, such as Project=shop")
        if domain and not DOMAIN.fullmatch(domain):
            problems.append(f"adopt_domain is {domain}, which is no domain; give one such as shop.example.com")
        if problems:
            raise ConvergeError("; ".join(problems))


def _claims(options: dict[str, Any], cloud: Cloud) -> Claims:
    if options["state_file"]:
        return from_state(Path(options["state_file"]).expanduser())
    return from_tag(cloud, options["tag"])


def _texts(root: Path, described: Described, environments: list[str]) -> dict[Path, str]:
    place, shared = root / "inventories" / described.name, root / SHARED / "main.yml"
    listed = ", ".join([*environments, described.name])
    text = re.sub(r"(?m)^environments: \[.*\]$", f"environments: [{listed}]", shared.read_text(encoding="utf-8"))
    return {**{place / path: content for path, content in files(described).items()}, shared: text}


def _write(root: Path, name: str, texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    link = root / "inventories" / name / SHARED
    if not link.is_symlink():
        link.symlink_to(Path("../../..") / SHARED)


def _diff(path: Path, text: str, root: Path) -> dict[str, str]:
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    name = str(path.relative_to(root))
    return {"before_header": name, "after_header": name, "before": before, "after": text}
