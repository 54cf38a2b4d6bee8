"""Security Hub: one hub an account and region, and the standards it checks by."""

from __future__ import annotations

from typing import Any

from ..adapter import only
from ..compare import Changes
from ..resource import Resource, State
from ._singleton import Singleton

OFF = ("InvalidAccessException", "ResourceNotFoundException")
CONFIGURATION = ("AutoEnableControls", "ControlFindingGenerator")


class SecurityhubHub(Singleton):
    """The hub. ``Standards`` are the ARNs of all standards that are enabled."""

    service = "securityhub"
    create_operation = "EnableSecurityHub"
    more_properties = ("AutoEnableControls", "Standards")
    required = ("Standards",)
    unordered = ("Standards",)
    computed = ("HubArn",)

    def look(self, resource: Resource) -> State | None:
        """Read the hub, its tags and its standards."""
        del resource
        hub = self.read_or_none("describe_hub", OFF)
        if hub is None:
            return None
        return {
            **only(hub, ["HubArn", *CONFIGURATION]),
            "Standards": [one["StandardsArn"] for one in self._enabled()],
            "Tags": self.cloud.read("securityhub", "list_tags_for_resource", ResourceArn=hub["HubArn"])["Tags"],
        }

    def _enabled(self) -> list[dict[str, Any]]:
        listed = self.cloud.pages("securityhub", "get_enabled_standards", "StandardsSubscriptions")
        return [one for one in listed if one["StandardsStatus"] != "DELETING"]

    def create(self, resource: Resource) -> None:
        """Enable it without AWS's choice of standards; the declared ones follow as an update."""
        given = only(resource.properties, ["ControlFindingGenerator"])
        self.write("enable_security_hub", **given, EnableDefaultStandards=False, Tags=resource.tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Set the configuration, enable and disable standards, and mend the tags."""
        if only(changes, CONFIGURATION):
            self.write("update_security_hub_configuration", **only(resource.properties, CONFIGURATION))
        if "Standards" in changes:
            self._standards(set(resource.properties["Standards"]))
        self.mend_tags(state["HubArn"], changes)

    def _standards(self, wanted: set[str]) -> None:
        enabled = {one["StandardsArn"]: one["StandardsSubscriptionArn"] for one in self._enabled()}
        missing = [{"StandardsArn": arn} for arn in sorted(wanted - set(enabled))]
        spare = [enabled[arn] for arn in sorted(set(enabled) - wanted)]
        if missing:
            self.write("batch_enable_standards", StandardsSubscriptionRequests=missing)
        if spare:
            self.write("batch_disable_standards", StandardsSubscriptionArns=spare)

    def delete(self, resource: Resource, state: State) -> None:
        """Switch it off, standards and all."""
        del resource, state
        self.write_unless("disable_security_hub", OFF)


ADAPTER = SecurityhubHub
