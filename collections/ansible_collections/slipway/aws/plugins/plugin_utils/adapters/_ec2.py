"""What EC2's resources share: they have no names, so they are found by the tags they are created with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from botocore import xform_name
from botocore.exceptions import ClientError

from ..adapter import Adapter, tag_changes, tag_dict, tag_list, without
from ..cloud import Cloud, error_code
from ..compare import Changes
from ..resource import ConvergeError, Resource, State

#: The tags that say which resource it is. Tags are set in the creating call, so a killed run leaves no nameless ones.
IDENTITY_TAGS = ("project", "environment", "Name")
#: What AWS answers while something still uses what is to be deleted. Network interfaces of load balancers and tasks
#: linger for minutes after their owners are gone.
BUSY = frozenset({"DependencyViolation", "InvalidIPAddress.InUse", "Gateway.NotAttached.InUse"})


def identity(tags: dict[str, str]) -> tuple[str | None, ...]:
    """Return the tag values that say which resource it is."""
    return tuple(tags.get(name) for name in IDENTITY_TAGS)


def additions(before: Collection[Any] | None, after: Collection[Any]) -> tuple[list[Any], list[Any]]:
    """Return what ``after`` has more than ``before``, and what it lacks, both sorted."""
    old, new = set(before or ()), set(after)
    return sorted(new - old), sorted(old - new)


class Ec2Adapter(Adapter):
    """Base: find by tags in one listing for all resources of the type, create with tags, delete when free."""

    service = "ec2"
    #: What ``TagSpecifications`` calls the type.
    kind: ClassVar[str]
    #: Describe operation, key of its result, key of the id.
    list_operation: ClassVar[tuple[str, str, str]]
    #: What the describe operation calls its filters; EC2 is not of one mind.
    filter_parameter: ClassVar[str] = "Filters"
    #: Delete operation, and the error code that says that it is gone already.
    delete_operation: ClassVar[tuple[str, str]]

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        #: Ids of what this run has created; one of these that failed is told about, an older failure is ignored.
        self.made: set[str] = set()

    @classmethod
    def pinned(cls, resource: Resource, name: str) -> Resource:
        """Return it as it is: it is found by its id."""
        del name
        return resource

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """Return states by name: what was adopted by id, the rest by the environment's tags, a listing each."""
        adopted: dict[str, list[str]] = defaultdict(list)
        for resource in resources:
            if resource.adopted and resource.adopted.id:
                adopted[resource.adopted.id].append(resource.name)
        ours = [resource for resource in resources if not (resource.adopted and resource.adopted.id)]
        return {**(self._tagged(ours) if ours else {}), **self._adopted(adopted)}

    def _adopted(self, names: Mapping[str, list[str]]) -> dict[str, State]:
        """Return the states of those that were there before, by name; two of ours may be one of theirs."""
        if not names:
            return {}
        operation, result, key = self.list_operation
        filters = [{"Name": xform_name(key, "-"), "Values": sorted(names)}]
        items = self.cloud.pages("ec2", operation, result, **{self.filter_parameter: filters})
        return {name: self.state(item) for item in items if self.alive(item) for name in names[item[key]]}

    def _tagged(self, resources: Sequence[Resource]) -> dict[str, State]:
        wanted = {identity(resource.tags): resource.name for resource in resources}
        found: dict[str, State] = {}
        for item in self.listed(resources):
            state = self.state(item)
            name = wanted.get(identity(state["Tags"]))
            if name is None:
                continue
            if name in found:
                key = self.list_operation[2]
                raise ConvergeError(f"{found[name][key]} and {state[key]} carry the same tags; remove one of them")
            found[name] = state
        return found

    def listed(self, resources: Sequence[Resource]) -> list[dict[str, Any]]:
        """Return the raw descriptions of everything of this type with the resources' tags that is alive."""
        return [item for item in self.raw(resources) if self.alive(item)]

    def raw(self, resources: Sequence[Resource]) -> list[dict[str, Any]]:
        """Return the raw descriptions, those that AWS lists after their deletion among them."""
        operation, result, _ = self.list_operation
        filters = [
            {"Name": f"tag:{tag}", "Values": sorted({resource.tags[tag] for resource in resources})}
            for tag in IDENTITY_TAGS
        ]
        return self.cloud.pages("ec2", operation, result, **{self.filter_parameter: filters})

    def alive(self, item: dict[str, Any]) -> bool:
        """Say whether a listed item still exists; AWS goes on listing some deleted ones."""
        state = str(item.get("State", "available")).lower()
        if state == "failed":
            return item[self.list_operation[2]] in self.made
        return state not in {"deleted", "deleting"}

    def state(self, item: dict[str, Any]) -> State:
        """Turn a description into a state."""
        return {**item, "Tags": tag_dict(item.get("Tags"))}

    def create(self, resource: Resource) -> None:
        """Create with tags what the create operation takes; the rest follows as an update."""
        self.make(resource, **without(resource.properties, self.more_properties))

    def make(self, resource: Resource, **parameters: Any) -> dict[str, Any]:
        """Make the creating call with tags."""
        tags = [{"ResourceType": self.kind, "Tags": tag_list(resource.tags)}]
        return self.write(xform_name(self.create_operation), **parameters, TagSpecifications=tags)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend the tags."""
        del resource
        self.tag(state[self.list_operation[2]], changes)

    def tag(self, target: str, changes: Changes) -> None:
        """Mend the tags of what has the id ``target``."""
        add, remove = tag_changes(changes)
        if add:
            self.write("create_tags", Resources=[target], Tags=tag_list(add))
        if remove:
            self.write("delete_tags", Resources=[target], Tags=[{"Key": key} for key in remove])

    def set_attributes(self, operation: str, names: Collection[str], state: State, changes: Changes) -> None:
        """Set those attributes that changed, one a call, as AWS wants it."""
        key = self.list_operation[2]
        for name in names:
            if name in changes:
                self.write(operation, **{key: state[key], name: {"Value": changes[name].after}})

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it as soon as nothing uses it any more."""
        del resource
        operation, gone = self.delete_operation
        key = self.list_operation[2]
        self.when_free(operation, gone, **{key: state[key]})

    def await_gone(self, resource: Resource) -> None:
        """Wait until nothing with the resource's tags is being deleted any more."""

        def gone() -> bool:
            return not any(str(item["State"]).lower() == "deleting" for item in self.raw([resource]))

        what = f"deleting the earlier {self.kind} {resource.tags['Name']}"
        self.cloud.wait_until(gone, what, at_most=self.timeout, poll=self.poll)

    def when_free(self, operation: str, gone: str, **parameters: Any) -> None:
        """Make a call that takes something away, again and again while AWS says that it is in use."""

        def done() -> bool:
            try:
                self.write_unless(operation, [gone], **parameters)
            except ClientError as error:
                if error_code(error) not in BUSY:
                    raise
                return False
            return True

        subject = f"{operation} {' '.join(map(str, parameters.values()))}, which AWS says is in use"
        self.cloud.wait_until(done, subject, at_most=self.timeout, poll=self.poll)
