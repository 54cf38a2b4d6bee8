"""Checks what a run was given beside its inventory, before anything is called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars

from ansible_collections.slipway.aws.plugins.plugin_utils.asked import (
    left_out,
    misspelt,
    needless_tags,
    strange_limits,
    wrong_inputs,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.playbook_vars import playbook_vars
from ansible_collections.slipway.aws.plugins.plugin_utils.role_specs import role_specs, roles_paths

ARGUMENTS = {"needs": {"type": "list", "elements": "str", "default": []}}


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """Checks extra variables against the inputs of playbooks."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Fail with every mistake at once, one sentence each."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        variables = task_vars or {}
        spec: dict[str, Any] = playbook_vars(Path(variables["playbook_dir"]), "inputs")
        given = load_extra_vars(self._loader)
        problems = [
            *needless_tags(variables),
            *strange_limits(variables),
            *left_out(options["needs"], variables),
            *wrong_inputs(given, spec),
            *self._misspelt(set(given) - set(spec), spec, variables),
        ]
        if problems:
            raise AnsibleActionFail(f"{len(problems)} to mend in what was given: " + "; ".join(problems))
        return {"changed": False, "given": sorted(name for name in given if name in spec)}

    @staticmethod
    def _misspelt(strange: set[str], spec: dict[str, Any], variables: dict[str, Any]) -> Iterator[str]:
        """Look at the specs of all roles only where a name is no input."""
        roles = role_specs(roles_paths(variables["playbook_dir"])) if strange else {}
        yield from misspelt(strange, spec, {*variables["groups"], *(name for one in roles.values() for name in one)})
