"""Takes the state of an environment over from another account; the work is in ``plugin_utils/state_migration``."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.assumed import Role
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.promotion import PLACE
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.state_migration.migration import (
    Home,
    images,
    lines,
    look,
    migrate,
)

SOURCE = {name: one for name, one in PLACE.items() if name != "name"} | {"account": {"type": "str", "required": True}}
ARGUMENTS = {
    "environment": {"type": "str", "required": True},
    "project": {"type": "str", "required": True},
    "services": {"type": "list", "elements": "str", "required": True},
    "source": {"type": "dict", "required": True, "options": SOURCE},
    "fences": {"type": "dict", "default": {}},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}


class ActionModule(Acting):
    """Copies what is not here; never changes what is there."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return what was not here, and for people how much there is."""
        check = self._task.check_mode
        source, target = (Home.of(cloud, options["outputs_path"]) for cloud in _clouds(options))
        found = look(source, target)
        images(source, target, options, found, check=check)
        if not check:
            migrate(source, target, found, options["fences"])
        after = "".join(f"{one}\n" for one in found.ids)
        told = lines(source, found)
        return {"changed": bool(found.ids), "lines": told, "diff": {"before": "", "after": after}}


def _clouds(options: dict[str, Any]) -> tuple[Cloud, Cloud]:
    """Return source and target.

    Raises:
        ConvergeError: they are the same, or the source is not the account that was meant.
    """
    given = options["source"]
    source = Cloud(given["region"] or options["region"], role=Role(given["role_arn"], given["external_id"]))
    target = Cloud(options["region"], Guard().check)
    reached, wanted = source.identity()["account"], given["account"]
    if reached != wanted:
        raise ConvergeError(
            f"migrate_from.account is {wanted}, but migrate_from.role_arn, which is {given['role_arn'] or 'not set'},"
            f" leads to {reached}; nothing was changed"
        )
    if source.identity() == target.identity():
        raise ConvergeError(
            f"migrate_from is account {wanted}, {source.region}, where {options['environment']} is; set aws_account_id"
            " and aws_role_arn, or aws_region, to where it is to be"
        )
    return source, target
