"""Resource policies of CloudWatch Logs: which AWS service may write to which groups. Ten an account and region."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State


class LogsResourcePolicy(Adapter):
    """A policy by its name."""

    service = "logs"
    create_operation = "PutResourcePolicy"
    required = ("policyName", "policyDocument")
    identity = ("policyName",)
    documents = ("policyDocument",)
    taggable = False

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List once and match by name."""
        listed = self.cloud.pages("logs", "describe_resource_policies", "resourcePolicies")
        policies = {policy["policyName"]: policy for policy in listed}
        wanted = {resource.name: resource.properties["policyName"] for resource in resources}
        return {name: policies[policy] for name, policy in wanted.items() if policy in policies}

    def create(self, resource: Resource) -> None:
        """Put the policy."""
        document = resource.properties["policyDocument"]
        text = document if isinstance(document, str) else json.dumps(document)
        self.write("put_resource_policy", policyName=resource.properties["policyName"], policyDocument=text)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put the policy as declared, whole."""
        del state, changes
        self.create(resource)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the policy."""
        del resource
        self.write_unless("delete_resource_policy", ["ResourceNotFoundException"], policyName=state["policyName"])


ADAPTER = LogsResourcePolicy
