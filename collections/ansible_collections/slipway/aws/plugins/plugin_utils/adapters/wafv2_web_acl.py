"""Web ACLs: rules that decide about requests. Compared and written whole."""

from __future__ import annotations

from typing import Any

from ..adapter import only, without
from ..compare import Changes
from ..resource import Resource, State
from ._wafv2 import Wafv2Adapter, write_patiently

UPDATABLE = (
    "DefaultAction",
    "Description",
    "Rules",
    "VisibilityConfig",
    "DataProtectionConfig",
    "CustomResponseBodies",
    "CaptchaConfig",
    "ChallengeConfig",
    "TokenDomains",
    "AssociationConfig",
    "OnSourceDDoSProtectionConfig",
)


class Wafv2WebAcl(Wafv2Adapter):
    """A web ACL. Declare rules completely: a field that is there and not declared counts as a difference."""

    create_operation = "CreateWebACL"
    required = ("Name", "Scope", "DefaultAction", "VisibilityConfig")
    exact = ("Rules", "DefaultAction")
    computed = ("ARN", "Capacity")
    noun, list_result, get_result = "web_acl", "WebACLs", "WebACL"

    def normalised(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return a description with its rules in order of priority and without empty lists."""
        rules = sorted(item.get("Rules") or [], key=lambda rule: int(rule["Priority"]))
        return {**super().normalised(item), "Rules": _declared(rules)}

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Write the web ACL whole: an update drops what it does not name. Then mend the tags."""
        if without(changes, ["Tags"]):
            target = only(state, ["Name", "Scope", "Id", "LockToken"])
            wanted = {**only(state["Described"], UPDATABLE), **only(resource.properties, UPDATABLE)}
            given = {name: value for name, value in wanted.items() if value not in (None, "")}
            write_patiently(self, "update_web_acl", **target, **given)
        self.mend_tags(state["ARN"], changes)


def _declared(value: Any) -> Any:
    """Return AWS's data as one declares it: no empty lists and absent values, text instead of bytes."""
    if isinstance(value, dict):
        return {key: _declared(item) for key, item in value.items() if item is not None and item != []}
    if isinstance(value, list):
        return [_declared(item) for item in value]
    return value.decode() if isinstance(value, bytes) else value


ADAPTER = Wafv2WebAcl
