"""Listener rules, listed once a listener and found by their tags, or by their priority where they carry none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, only, tag_list, without
from ..cloud import Cloud, error_code
from ..compare import Changes
from ..resource import ConvergeError, Resource, State
from ._ec2 import identity
from ._elbv2 import mend_tags, tags_of
from ._forwarding import redirected, target_groups, without_short_form
from ._order import ordered_like

CONFIGS = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "source-ip": "SourceIpConfig",
}
Rule = dict[str, Any]


class Elbv2ListenerRule(Adapter):
    """A rule.

    Its ``Actions`` carry the weights, which belong to releases, so they usually stand under ``initial``. ``ForwardTo``,
    the target groups it forwards to, is compared always; mending it keeps the weights of those that stay.
    """

    service = "elbv2"
    create_operation = "CreateRule"
    more_properties = ("ForwardTo",)
    required = ("ListenerArn", "Priority", "Conditions")
    identity = ("ListenerArn", "Priority")
    unordered = ("ForwardTo",)
    computed = ("RuleArn",)

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        #: ARNs of the rules that this run has created, by name.
        self._made: dict[str, str] = {}

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List the rules of each listener once and their tags by twenties; ask for one just made by its ARN."""
        if len(resources) == 1 and resources[0].name in self._made:
            return self._read_back(resources[0])
        listeners: dict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            listeners[resource.properties["ListenerArn"]].append(resource)
        rules = {arn: self._listed(arn) for arn in listeners}
        tags = tags_of(self.cloud, [rule["RuleArn"] for listed in rules.values() for rule in listed])
        found: dict[str, State] = {}
        for arn, wanted in listeners.items():
            matches = ((resource, _match(resource, rules[arn], tags)) for resource in wanted)
            found |= {resource.name: _state(resource, rule, tags) for resource, rule in matches if rule}
        return found

    def _read_back(self, resource: Resource) -> dict[str, State]:
        arn = self._made[resource.name]
        answer = self.read_or_none("describe_rules", ["RuleNotFound"], RuleArns=[arn])
        return {resource.name: _state(resource, answer["Rules"][0], tags_of(self.cloud, [arn]))} if answer else {}

    def _listed(self, listener: str) -> list[Rule]:
        try:
            listed = self.cloud.pages("elbv2", "describe_rules", "Rules", ListenerArn=listener)
        except ClientError as error:
            if error_code(error) != "ListenerNotFound":
                raise
            return []
        return [rule for rule in listed if not rule.get("IsDefault") and rule["Priority"] != "default"]

    def create(self, resource: Resource) -> None:
        """Create with tags."""
        wanted = without(resource.properties, self.more_properties)
        try:
            answer = self.write("create_rule", **wanted, Tags=tag_list(resource.tags))
        except ClientError as error:
            if error_code(error) != "PriorityInUse":
                raise
            raise ConvergeError(
                f"priority {wanted['Priority']} is taken on this listener by a rule that is not ours;"
                " give the service another one in environment_services"
            ) from error
        self._made[resource.name] = answer["Rules"][0]["RuleArn"]

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs; what is not named keeps its value."""
        arn = state["RuleArn"]
        if "Priority" in changes:
            pair = {"RuleArn": arn, "Priority": changes["Priority"].after}
            self.write("set_rule_priorities", RulePriorities=[pair])
        wanted = only(resource.properties, tuple(only(changes, ["Conditions", "Actions", "Transforms"])))
        if "ForwardTo" in changes and "Actions" not in wanted:
            initial = resource.initial.get("Actions") or state["Actions"]
            wanted["Actions"] = redirected(state["Actions"], resource.properties["ForwardTo"], initial)
        if wanted:
            self.write("modify_rule", RuleArn=arn, **wanted)
        mend_tags(self, arn, changes)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it."""
        del resource
        self.write_unless("delete_rule", ["RuleNotFound"], RuleArn=state["RuleArn"])


def _match(resource: Resource, rules: list[Rule], tags: dict[str, dict[str, str]]) -> Rule | None:
    """Return the rule with the resource's identifying tags, else one of its priority that nobody claims by tags."""
    ours = identity(resource.tags)
    same = [rule for rule in rules if identity(tags.get(rule["RuleArn"], {})) == ours]
    priority = str(resource.properties["Priority"])
    nameless = [rule for rule in rules if rule["Priority"] == priority and "Name" not in tags.get(rule["RuleArn"], {})]
    return next(iter(same or nameless), None)


def _state(resource: Resource, rule: Rule, tags: dict[str, dict[str, str]]) -> State:
    actions = [without_short_form(action) for action in rule["Actions"]]
    declared = resource.properties
    return {
        **rule,
        "ListenerArn": declared["ListenerArn"],
        "Priority": int(rule["Priority"]),
        "Conditions": ordered_like(declared.get("Conditions"), [_condition(item) for item in rule["Conditions"]]),
        "Actions": ordered_like(declared.get("Actions"), actions),
        "ForwardTo": target_groups(actions),
        "Tags": tags.get(rule["RuleArn"], {}),
    }


def _condition(condition: Rule) -> Rule:
    """Return a condition with its values under the field's own name as well."""
    config = CONFIGS.get(condition["Field"])
    if config and condition.get("Values") and not condition.get(config):
        return {**condition, config: {"Values": condition["Values"]}}
    return condition


ADAPTER = Elbv2ListenerRule
