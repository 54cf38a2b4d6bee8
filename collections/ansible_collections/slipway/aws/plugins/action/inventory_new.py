"""Writes the inventory of a new environment or service; the work is in ``plugin_utils/inventory_new``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.slipway.aws.plugins.plugin_utils.inventory_new import Answers, Inventories

ARGUMENTS = {
    "kind": {"type": "str", "choices": ["environment", "service"], "required": True},
    "name": {"type": "str", "default": ""},
    "like": {"type": "str", "required": True},
    "domain": {"type": "str", "default": ""},
    "cidr": {"type": "str", "default": ""},
    "port": {"type": "str", "default": ""},
    "environments": {"type": "list", "elements": "str", "required": True},
    "root": {"type": "path", "required": True},
}
SHARED = Path("group_vars") / "all"


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """Checks every answer, then writes all files or, in check mode, none."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the files that were written, with their content as a diff."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        root, groups = Path(options["root"]).resolve(), (task_vars or {})["groups"]
        taken = {*groups, *groups["all"], *(path.name for path in (root / "roles").iterdir())}
        inventories = Inventories(root, options["environments"])
        answers = Answers(**{name: options[name] for name in ("name", "like", "domain", "cidr", "port")})
        check, make = (getattr(inventories, name.format(options["kind"])) for name in ("{}_problems", "new_{}"))
        if problems := list(check(answers, taken)):
            raise AnsibleActionFail("; ".join(problems))
        files: dict[Path, str] = make(answers)
        diff = [_diff(path, text, root) for path, text in files.items()]
        if not self._task.check_mode:
            self._write(root, options, files)
        return {"changed": True, "files": [str(path.relative_to(root)) for path in files], "diff": diff}

    @staticmethod
    def _write(root: Path, options: dict[str, Any], files: dict[Path, str]) -> None:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        if options["kind"] == "environment":
            link = root / "inventories" / options["name"] / SHARED
            link.symlink_to(Path("../../..") / SHARED)


def _diff(path: Path, text: str, root: Path) -> dict[str, str]:
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    name = str(path.relative_to(root))
    return {"before_header": name, "after_header": name, "before": before, "after": text}
