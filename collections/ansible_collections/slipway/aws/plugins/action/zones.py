"""Refuses availability zones that the account does not have, or that API Gateway does not reach."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.zones import zone_problem

ARGUMENTS = {
    "names": {"type": "list", "elements": "str", "required": True},
    "api_gateway": {"type": "bool", "default": False},
    "region": {"type": "str"},
}


class ActionModule(Acting):
    """Asks which zones there are; changes nothing."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the zones.

        Raises:
            ConvergeError: one of them cannot be used.
        """
        cloud = Cloud(options["region"])
        listed = cloud.read("ec2", "describe_availability_zones")["AvailabilityZones"]
        problem = zone_problem(options["names"], listed, links=options["api_gateway"])
        if problem:
            raise ConvergeError(f"{cloud.region}: {problem}")
        return {"changed": False, "names": options["names"]}
