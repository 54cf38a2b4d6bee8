"""Sets of addresses for rules of a web ACL."""

from __future__ import annotations

from ..adapter import only, without
from ..compare import Changes
from ..resource import Resource, State
from ._wafv2 import Wafv2Adapter, write_patiently

UPDATABLE = ("Description", "Addresses")


class Wafv2IpSet(Wafv2Adapter):
    """A set of CIDR blocks."""

    create_operation = "CreateIPSet"
    required = ("Name", "Scope", "IPAddressVersion", "Addresses")
    immutable = ("Scope", "IPAddressVersion")
    unordered = ("Addresses",)
    computed = ("ARN",)
    noun, list_result, get_result = "ip_set", "IPSets", "IPSet"

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Write the set whole, and mend its tags."""
        if without(changes, ["Tags"]):
            target = only(state, ["Name", "Scope", "Id", "LockToken"])
            wanted = {**only(state["Described"], UPDATABLE), **only(resource.properties, UPDATABLE)}
            write_patiently(
                self, "update_ip_set", **target, **{name: value for name, value in wanted.items() if value != ""}
            )
        self.mend_tags(state["ARN"], changes)


ADAPTER = Wafv2IpSet
