"""Refuses to go on in another account than the inventory's."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

ARGUMENTS = {"account": {"type": "str", "required": True}, "region": {"type": "str"}}


class ActionModule(Acting):
    """Asks who calls; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the account that was reached.

        Raises:
            ConvergeError: it is another one.
        """
        cloud = Cloud(options["region"])
        reached = cloud.identity()["account"]
        if reached == options["account"]:
            return {"changed": False, "account": reached}
        how = "aws_role_arn" if cloud.role else "the credentials of the environment (AWS_PROFILE, AWS_ACCESS_KEY_ID)"
        raise ConvergeError(
            f"aws_account_id is {options['account']}, but {how} reached account {reached}; nothing was changed: use"
            f" credentials of {options['account']}, or set aws_role_arn to a role there that yours may assume"
        )
