"""What WAF's resources share: listings by scope, tags, a lock token a write, and slow propagation between its parts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from ..adapter import Adapter, tag_dict, tag_list
from ..cloud import error_code
from ..parallel import side_by_side
from ..resource import Resource, State

GONE = "WAFNonexistentItemException"
#: What WAF answers while one part of it does not know yet, or still uses, what another part was told.
#: https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
NOT_YET = ("WAFUnavailableEntityException", "WAFAssociatedItemException")
PROPAGATED_WITHIN = 300


def write_patiently(adapter: Adapter, operation: str, absent: Collection[str] = (), **parameters: Any) -> None:
    """Write, again while WAF says that it is not there yet; an error code in ``absent`` means that it was done."""

    def written() -> bool:
        try:
            adapter.write_unless(operation, absent, **parameters)
        except ClientError as error:
            if error_code(error) in NOT_YET:
                return False
            raise
        return True

    adapter.cloud.wait_until(written, f"wafv2 {operation}", at_most=PROPAGATED_WITHIN, poll=adapter.poll)


class Wafv2Adapter(Adapter):
    """Base of what has a name, a scope, an id and a lock token."""

    service = "wafv2"
    identity = ("Name", "Scope")
    immutable: ClassVar[Collection[str]] = ("Scope",)
    #: E.g. ``ip_set`` in the names of the operations, and the keys of a list's and a description's result.
    noun: ClassVar[str]
    list_result: ClassVar[str]
    get_result: ClassVar[str]

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List each scope once and describe those with a wanted name side by side."""
        scopes = {resource.properties["Scope"] for resource in resources}
        listed = {(scope, item["Name"]): item for scope in scopes for item in self._listed(scope)}
        keys = {r.name: (r.properties["Scope"], r.properties["Name"]) for r in resources}
        wanted = [(name, key[0], listed[key]) for name, key in keys.items() if key in listed]
        states = side_by_side(lambda entry: self._described(entry[1], entry[2]), wanted)
        return {name: state for (name, _, _), state in zip(wanted, states, strict=True) if state is not None}

    def _listed(self, scope: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        page: dict[str, Any] = {}
        while True:  # boto3 has no paginator for WAF
            marker = {"NextMarker": page["NextMarker"]} if page.get("NextMarker") else {}
            page = self.cloud.read("wafv2", f"list_{self.noun}s", Scope=scope, Limit=100, **marker)
            items += page[self.list_result]
            if not page.get("NextMarker") or not page[self.list_result]:
                return items

    def _described(self, scope: str, item: dict[str, Any]) -> State | None:
        answer = self.read_or_none(f"get_{self.noun}", [GONE], Name=item["Name"], Scope=scope, Id=item["Id"])
        if answer is None:
            return None
        tags = self.cloud.read("wafv2", "list_tags_for_resource", ResourceARN=item["ARN"])
        described = answer[self.get_result]
        return {
            **self.normalised(described),
            "Described": described,
            "LockToken": answer["LockToken"],
            "Scope": scope,
            "Tags": tag_dict(tags.get("TagInfoForResource", {}).get("TagList")),
        }

    def normalised(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return a description as it would be declared."""
        return {"Description": "", **item}

    def create(self, resource: Resource) -> None:
        """Create whole, with tags."""
        write_patiently(self, f"create_{self.noun}", **resource.properties, Tags=tag_list(resource.tags))

    def delete(self, resource: Resource, state: State) -> None:
        """Delete, once WAF sees that nothing uses it any more."""
        del resource
        target = {name: state[name] for name in ("Name", "Scope", "Id", "LockToken")}
        write_patiently(self, f"delete_{self.noun}", [GONE], **target)
