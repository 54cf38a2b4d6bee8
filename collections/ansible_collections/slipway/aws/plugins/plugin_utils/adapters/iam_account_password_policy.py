"""What passwords of the account's IAM users must be like."""

from __future__ import annotations

from ..adapter import Adapter, without
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("NoSuchEntity",)
#: Follows from another, and cannot be set.
SHOWN = ("ExpirePasswords",)


class IamAccountPasswordPolicy(Adapter):
    """The account's policy. What is declared is the least: one that asks for more is left as it is."""

    service = "iam"
    create_operation = "UpdateAccountPasswordPolicy"
    required = ("MinimumPasswordLength",)
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Read the policy; what is as strict as declared, or stricter, counts as what is declared."""
        found = self._found()
        if found is None:
            return None
        enough = {name: least for name, least in resource.properties.items() if found.get(name, 0) >= least}
        return {**found, **enough}

    def _found(self) -> State | None:
        answer = self.read_or_none("get_account_password_policy", MISSING)
        return None if answer is None else without(answer["PasswordPolicy"], SHOWN)

    def create(self, resource: Resource) -> None:
        """Set the policy."""
        self.write("update_account_password_policy", **resource.properties)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Set the stricter of what is there and what is declared, since the call forgets what it does not name."""
        del state, changes
        found = self._found() or {}
        strict = {name: max(found.get(name, 0), least) for name, least in resource.properties.items()}
        asked = {name: value for name, value in {**found, **strict}.items() if value}
        self.write("update_account_password_policy", **asked)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep it always."""
        del resource, state
        return "it is the account's, costs nothing, and protects its users"


ADAPTER = IamAccountPasswordPolicy
