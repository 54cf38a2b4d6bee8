"""All rules of a security group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from ..compare import Changes, canonical
from ..resource import Resource, State
from ._ec2 import Ec2Adapter

Rule = dict[str, Any]
#: Direction as declared, and as the operations' names end.
DIRECTIONS = {"Ingress": "ingress", "Egress": "egress"}
#: Sources and destinations: the name in a rule, and where the authorising call wants it.
PEERS = {
    "CidrIpv4": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "PrefixListId": ("PrefixListIds", "PrefixListId"),
    "ReferencedGroupId": ("UserIdGroupPairs", "GroupId"),
}
ANY_PROTOCOL = "-1"
BATCH = 200  # values that a filter takes


class Ec2SecurityGroupRules(Ec2Adapter):
    """The ``Ingress`` and ``Egress`` rules of the group ``GroupId``, whole: what is not declared is revoked.

    A rule is ``IpProtocol``, ``FromPort`` and ``ToPort`` (not with protocol -1), one of ``CidrIpv4``, ``CidrIpv6``,
    ``PrefixListId`` and ``ReferencedGroupId``, and optionally ``Description``.
    """

    create_operation = "AuthorizeSecurityGroupIngress"
    kind = "security-group-rule"
    more_properties: ClassVar[Collection[str]] = ("Ingress", "Egress")
    required: ClassVar[Collection[str]] = ("GroupId", "Ingress", "Egress")
    identity: ClassVar[Collection[str]] = ("GroupId",)
    unordered = ("Ingress", "Egress")
    exact = ("Ingress", "Egress")
    taggable = False
    list_operation = ("describe_security_group_rules", "SecurityGroupRules", "GroupId")

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Return the rules of each group; a group without any has a state too."""
        names = {resource.properties["GroupId"]: resource.name for resource in resources}
        rules = self.rules(sorted(names))
        return {name: group_state(group, rules[group]) for group, name in names.items()}

    def rules(self, groups: Sequence[str]) -> dict[str, list[Rule]]:
        """Return raw rules by group."""
        found: dict[str, list[Rule]] = defaultdict(list)
        for start in range(0, len(groups), BATCH):
            filters = [{"Name": "group-id", "Values": groups[start : start + BATCH]}]
            for rule in self.cloud.pages("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=filters):
                found[rule["GroupId"]].append(rule)
        return found

    def create(self, resource: Resource) -> None:
        """Do nothing: a group that exists has a set of rules, which is then updated."""

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend both directions."""
        del resource
        for direction in DIRECTIONS:
            if direction in changes:
                self._mend(state, direction, changes[direction].after)

    def _mend(self, state: State, direction: str, wanted: Sequence[Rule]) -> None:
        """Allow before revoking, so that a rule that is rewritten keeps its traffic."""
        before = {_key(rule): rule for rule in state[direction]}
        after = {_key(rule): rule for rule in wanted}
        ids = state["RuleIds"][direction]
        self._describe(
            state["GroupId"], {ids[key]: after[key] for key in after if before.get(key, after[key]) != after[key]}
        )
        self._allow(state["GroupId"], direction, [rule for key, rule in after.items() if key not in before])
        self._revoke(state["GroupId"], direction, [ids[key] for key in before if key not in after])

    def _allow(self, group: str, direction: str, rules: Sequence[Rule]) -> None:
        if rules:
            permissions = [_permission(rule) for rule in rules]
            self.write(f"authorize_security_group_{DIRECTIONS[direction]}", GroupId=group, IpPermissions=permissions)

    def _revoke(self, group: str, direction: str, ids: Sequence[str]) -> None:
        if ids:
            operation = f"revoke_security_group_{DIRECTIONS[direction]}"
            gone = ["InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound"]
            self.write_unless(operation, gone, GroupId=group, SecurityGroupRuleIds=list(ids))

    def _describe(self, group: str, rules: Mapping[str, Rule]) -> None:
        if rules:
            listed = [{"SecurityGroupRuleId": key, "SecurityGroupRule": rule} for key, rule in rules.items()]
            self.write("modify_security_group_rules", GroupId=group, SecurityGroupRules=listed)

    def delete(self, resource: Resource, state: State) -> None:
        """Revoke every rule, so that groups that refer to each other can go."""
        del resource
        for direction in DIRECTIONS:
            self._mend(state, direction, [])


def group_state(group: str, rules: Sequence[Rule]) -> State:
    """Return the state of a group's rules: those of each direction as they are declared, and their ids."""
    state: State = {"GroupId": group, "RuleIds": {}}
    for direction in DIRECTIONS:
        ours = [rule for rule in rules if rule["IsEgress"] == (direction == "Egress")]
        state[direction] = [_reduced(rule) for rule in ours]
        state["RuleIds"][direction] = {_key(_reduced(rule)): rule["SecurityGroupRuleId"] for rule in ours}
    return state


def _reduced(rule: Rule) -> Rule:
    """Return a rule as AWS describes it in the form in which it is declared."""
    peer = {name: rule[name] for name in PEERS if rule.get(name)}
    if rule.get("ReferencedGroupInfo"):
        peer["ReferencedGroupId"] = rule["ReferencedGroupInfo"]["GroupId"]
    ports = {} if rule["IpProtocol"] == ANY_PROTOCOL else {name: rule[name] for name in ("FromPort", "ToPort")}
    text = {"Description": rule["Description"]} if rule.get("Description") else {}
    return {"IpProtocol": rule["IpProtocol"], **ports, **peer, **text}


def _key(rule: Rule) -> str:
    return canonical({name: value for name, value in rule.items() if name != "Description"})


def _permission(rule: Rule) -> dict[str, Any]:
    """Return a rule as the authorising calls want it."""
    name = next(name for name in PEERS if name in rule)
    group, key = PEERS[name]
    text = {"Description": rule["Description"]} if "Description" in rule else {}
    return {
        **{key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule},
        group: [{key: rule[name], **text}],
    }


ADAPTER = Ec2SecurityGroupRules
