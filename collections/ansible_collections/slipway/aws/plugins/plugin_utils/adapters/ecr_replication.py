"""Rules by which the registry copies images into other regions."""

from __future__ import annotations

from typing import Any

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State

CONFIGURATION = "replicationConfiguration"
Rule = dict[str, Any]


class EcrReplication(Adapter):
    """Rules of the account's registry in a region, known by their ``repositoryFilters``; others' are left alone."""

    service = "ecr"
    create_operation = "PutReplicationConfiguration"
    required = (CONFIGURATION,)
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Read which of the rules there are, in the order in which they are declared."""
        there = self._rules()
        ours = [one for rule in _declared(resource) for one in there if _filters(one) == _filters(rule)]
        return {CONFIGURATION: {"rules": ours}} if ours else None

    def _rules(self) -> list[Rule]:
        answer = self.cloud.read("ecr", "describe_registry")
        return list(answer.get(CONFIGURATION, {}).get("rules", []))

    def create(self, resource: Resource) -> None:
        """Put the rules beside those of others."""
        self._put(resource, _declared(resource))

    def _put(self, resource: Resource, rules: list[Rule]) -> None:
        ours = [_filters(rule) for rule in _declared(resource)]
        others = [rule for rule in self._rules() if _filters(rule) not in ours]
        self.write("put_replication_configuration", replicationConfiguration={"rules": [*others, *rules]})

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put the rules in place of those that have their filters."""
        del state, changes
        self._put(resource, _declared(resource))

    def delete(self, resource: Resource, state: State) -> None:
        """Leave what others have; images that were copied stay where they are."""
        del state
        self._put(resource, [])


def _declared(resource: Resource) -> list[Rule]:
    return list(resource.properties[CONFIGURATION]["rules"])


def _filters(rule: Rule) -> list[tuple[str, str]]:
    return sorted((one["filter"], one["filterType"]) for one in rule.get("repositoryFilters", []))


ADAPTER = EcrReplication
