"""Hooks around moto's operations, by boto3's service name and the API's operation name."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.world import World


class Refused(Exception):  # noqa: N818  reads as what it says: raise Refused(...)
    """What AWS would refuse.

    Args:
        code: AWS's error code.
        message: AWS's text where it is known.
        status: HTTP status.
        members: of the error's shape, beside its message.
    """

    def __init__(self, code: str, message: str, status: int = 400, **members: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members


@dataclass
class Call:
    """One API call, its parameters under the API's own names; ``key`` is the access key that signed it."""

    service: str
    operation: str
    region: str
    params: dict[str, Any]
    world: World
    amended: bool = False
    key: str = ""

    def amend(self, **changes: Any) -> None:
        """Have moto see other parameters than those that were sent; in the JSON protocol only."""
        self.params.update(changes)
        self.amended = True

    @property
    def account(self) -> str:
        """The account that is called."""
        return self.world.account

    def backend(self, service: str | None = None) -> Any:
        """Return moto's backend of a service, by default of this call's, in this call's region."""
        return self.world.backend(service or self.service, self.region)


Before = Callable[[Call], None]
Operation = Callable[[Call], dict[str, Any] | None]
After = Callable[[Call, dict[str, Any]], None]
Key = tuple[str, str]


class Hooks:
    """What is hooked where."""

    def __init__(self) -> None:
        self.before: dict[Key, list[Before]] = defaultdict(list)
        self.after: dict[Key, list[After]] = defaultdict(list)
        self.operations: dict[Key, Operation] = {}


HOOKS = Hooks()


def before(service: str, *operations: str) -> Callable[[Before], Before]:
    """Register a check that runs before moto; it refuses by raising :class:`Refused` and may amend the parameters."""

    def register(hook: Before) -> Before:
        for name in operations:
            HOOKS.before[service, name].append(hook)
        return hook

    return register


def operation(service: str, *operations: str) -> Callable[[Operation], Operation]:
    """Register an operation of our own; where it returns None, moto's answers."""

    def register(hook: Operation) -> Operation:
        for name in operations:
            HOOKS.operations[service, name] = hook
        return hook

    return register


def after(service: str, *operations: str) -> Callable[[After], After]:
    """Register a hook that amends the response in place, or keeps what moto forgets."""

    def register(hook: After) -> After:
        for name in operations:
            HOOKS.after[service, name].append(hook)
        return hook

    return register


def import_hooks(package: str) -> None:
    """Import the modules ``hooks_*`` of a package, which register themselves."""
    module = importlib.import_module(package)
    for _, name, _ in pkgutil.iter_modules(module.__path__):
        if name.startswith("hooks_"):
            importlib.import_module(f"{package}.{name}")
