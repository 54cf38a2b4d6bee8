"""X-Ray sampling rules, for services that ask X-Ray how many requests to trace."""

from __future__ import annotations

from collections.abc import Sequence

from ..adapter import tag_list, without
from ..compare import Changes
from ..resource import Resource, State
from ._xray import MISSING, XrayAdapter

#: What matches everything; AWS wants all of them said.
EVERYTHING = dict.fromkeys(("ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath", "ResourceARN"), "*")
FIELDS = ("RuleName", "Priority", "FixedRate", "ReservoirSize", *EVERYTHING, "Attributes")


class XraySamplingRule(XrayAdapter):
    """A rule. The fields of ``SamplingRule`` are declared as properties; what it matches is everything by default."""

    create_operation = "CreateSamplingRule"
    more_properties = FIELDS
    required = ("RuleName", "Priority", "FixedRate", "ReservoirSize")
    identity = ("RuleName",)
    defaults = {**EVERYTHING, "Attributes": {}}  # noqa: RUF012  the base class says ClassVar
    computed = ("RuleARN",)

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List all of them once."""
        wanted = {resource.properties["RuleName"]: resource for resource in resources}
        listed = [one["SamplingRule"] for one in self.cloud.pages("xray", "get_sampling_rules", "SamplingRuleRecords")]
        return {
            wanted[item["RuleName"]].name: {"Attributes": {}, **item, "Tags": self.tags(item["RuleARN"])}
            for item in listed
            if item["RuleName"] in wanted
        }

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        rule = {**EVERYTHING, **resource.properties, "Version": 1}
        self.write("create_sampling_rule", SamplingRule=rule, Tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend fields and tags."""
        if without(changes, ["Tags"]):
            rule = {**EVERYTHING, "Attributes": {}, **resource.properties}
            self.write("update_sampling_rule", SamplingRuleUpdate=rule)
        self.mend_tags(state["RuleARN"], changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless("delete_sampling_rule", MISSING, RuleName=state["RuleName"])


ADAPTER = XraySamplingRule
