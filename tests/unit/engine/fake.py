"""A cloud in memory and two resource types in it, to try the engine without AWS."""

from __future__ import annotations

import copy
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import PACKAGE, Adapter
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.compare import Changes
from ansible_collections.slipway.aws.plugins.plugin_utils.engine import Engine
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import Outcome
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, Resource, State, parse
from ansible_collections.slipway.aws.plugins.plugin_utils.unknown import has_unknown

PROPERTIES = ("Size", "Peer", "Password", "Parts", "Kind")


class UnknownReachedAwsError(AssertionError):
    """An unknown value was given to an API call."""


class FakeCloud(Cloud):
    """Keeps things by name and logs what was written, in order."""

    def __init__(self, guard: Callable[[], None] = lambda: None) -> None:
        super().__init__("us-east-1", guard)
        self.things: dict[str, State] = {}
        self.written: list[tuple[str, str]] = []
        self.refuses: set[str] = set()
        self.keeps: State = {}
        #: By operation, what it ends with.
        self.errors: dict[str, Exception] = {}

    def wait(self, seconds: float) -> None:
        """What is in memory shows at once."""

    def _call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        del service
        if has_unknown(parameters):
            raise UnknownReachedAwsError(f"{operation} got {parameters}")
        name = parameters["name"]
        if operation in self.errors:
            raise self.errors[operation]
        if operation == "read":
            return copy.deepcopy({"thing": self.things.get(name)})
        if name in self.refuses:
            raise ConvergeError(f"{operation} of {name} was refused")
        self.written.append((operation, name))
        if operation == "delete":
            del self.things[name]
        else:
            thing = self.things.setdefault(name, {"Id": f"id-{name}", "Tags": {}})
            thing.update(copy.deepcopy(parameters["values"]))
            thing.update({name: value for name, value in self.keeps.items() if name in thing})
        return {}


class Thing(Adapter):
    """Anything; its name in the cloud is its name in the task."""

    service = "ec2"
    create_operation = "CreateVpc"
    more_properties = PROPERTIES
    immutable = ("Kind",)
    unordered = ("Parts",)
    secret = ("Password",)
    computed = ("Id",)

    def find_one(self, resource: Resource) -> State | None:
        """Read one."""
        found: State | None = self.cloud.read("fake", "read", name=resource.name)["thing"]
        return found

    def create(self, resource: Resource) -> None:
        """Write all."""
        self.cloud.write(
            "fake", "create", name=resource.name, values={**resource.properties, "Tags": dict(resource.tags)}
        )

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Write what differs."""
        del state
        values = {name: change.after for name, change in changes.items()}
        self.cloud.write("fake", "update", name=resource.name, values=values)

    def delete(self, resource: Resource, state: State) -> None:
        """Forget it."""
        del state
        self.cloud.write("fake", "delete", name=resource.name)


class Gadget(Thing):
    """Another type, which is made anew when its kind changes."""

    replaceable = True


def register() -> None:
    """Make the types known under the names ``thing`` and ``gadget``, as if they were files among the adapters."""
    for name, adapter in {"thing": Thing, "gadget": Gadget}.items():
        module = types.ModuleType(f"{PACKAGE}.{name}")
        vars(module)["ADAPTER"] = adapter
        sys.modules[module.__name__] = module


def entry(name: str, kind: str = "thing", **properties: Any) -> dict[str, Any]:
    """Return a resource as a role declares it."""
    return {"type": kind, "name": name, "properties": properties}


def converge(
    cloud: FakeCloud, entries: Sequence[dict[str, Any]], *, check: bool = False, absent: bool = False, host: str = ""
) -> dict[str, Outcome]:
    """Converge, and return outcomes by the resource's name."""
    cloud.forget()
    engine = Engine(cloud, Outputs(cloud, "/slipway/test"), check=check, progress=lambda _: None)
    outcomes = engine.run([parse(item, {"project": "test"}, host, absent=absent) for item in entries])
    return {outcome.resource.name: outcome for outcome in outcomes}


def actions(outcomes: dict[str, Outcome]) -> dict[str, str]:
    """Return what became of each resource."""
    return {name: outcome.action for name, outcome in outcomes.items()}
