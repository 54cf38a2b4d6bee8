"""One resource, from what is there to what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .adapter import Adapter
from .cloud import Cloud
from .compare import Changes, differences
from .outcome import CREATED, DELETED, KEPT, UNCHANGED, UPDATED, Outcome, hidden, of_changes
from .resource import ConvergeError, Resource, State
from .unknown import has_unknown

#: Virtual seconds that AWS may take to show what it has just created.
APPEARS_WITHIN = 60
#: Virtual seconds between two lines of progress.
TALK_EVERY = 60
#: Rounds of reading back and updating that a new resource may need before its description counts as wrong.
ROUNDS = 3


class Converger:
    """Find, compare, create, update, delete: the same for every type.

    Args:
        cloud: the account and region.
        check: plan only.
        progress: told one line about long waits.
    """

    def __init__(self, cloud: Cloud, *, check: bool, progress: Callable[[str], None]) -> None:
        self.cloud = cloud
        self.check = check
        self.progress = progress

    def find(self, adapter: Adapter, resources: Sequence[Resource]) -> dict[str, State]:
        """Return the states of those that exist; a resource whose identity is not known yet does not exist."""
        known = [r for r in resources if not any(has_unknown(_declared(r).get(name)) for name in adapter.identity)]
        return dict(adapter.find(known)) if known else {}

    def present(self, adapter: Adapter, resource: Resource, state: State | None) -> Outcome:
        """Create the resource or update it."""
        if state is None:
            return self._create(adapter, resource)
        state = state if self.check else self._await_ready(adapter, resource, state)
        changes = wanted_changes(adapter, resource, state)
        stuck = sorted(set(changes) & set(adapter.immutable))
        if stuck and adapter.replaceable:
            return self._replace(adapter, resource, state, changes)
        if stuck:
            raise ConvergeError(_immutable_text(stuck[0], changes))
        if not changes:
            return Outcome(resource, UNCHANGED, state)
        return self._update(adapter, resource, state, changes)

    def absent(self, adapter: Adapter, resource: Resource, state: State | None) -> Outcome:
        """Delete the resource unless something keeps it."""
        if state is None:
            return Outcome(resource, UNCHANGED)
        kept = adapter.keeps(resource, state)
        if kept:
            return Outcome(resource, KEPT, state, message=kept)
        if not self.check:
            adapter.delete(resource, state)
        return Outcome(resource, DELETED, before=hidden(_declared(resource), adapter))

    def _create(self, adapter: Adapter, resource: Resource) -> Outcome:
        wanted = replace(resource, properties=_declared(resource), initial={})
        after = hidden({**wanted.properties, **_tags(adapter, resource)}, adapter)
        if self.check:
            return Outcome(resource, CREATED, {**wanted.properties, "Tags": resource.tags}, {}, after)
        adapter.create(wanted)
        state, changes = self._settle(adapter, wanted)
        told = f"AWS took {sorted(changes)} and shows other values: {hidden(changes, adapter)}" if changes else ""
        return Outcome(resource, CREATED, state, {}, after, warning=told)

    def _settle(self, adapter: Adapter, wanted: Resource) -> tuple[State, Changes]:
        """Read a new resource back until it is as wanted; return it, and what still differs.

        A cloud that does not keep a value, as an emulator may not, must not keep the rest from standing; a second run
        names the difference again.
        """
        changes: Changes = {}
        for _ in range(ROUNDS):
            state = self._await_ready(adapter, wanted, self._await_seen(adapter, wanted))
            changes = wanted_changes(adapter, wanted, state)
            if not changes:
                break
            adapter.update(wanted, state, changes)
        return state, changes

    def _replace(self, adapter: Adapter, resource: Resource, state: State, changes: Changes) -> Outcome:
        if not self.check:
            adapter.delete(resource, state)
            state = self._create(adapter, resource).state
        return of_changes(UPDATED, resource, adapter, state, changes)

    def _update(self, adapter: Adapter, resource: Resource, state: State, changes: Changes) -> Outcome:
        after = {**state, **{name: change.after for name, change in changes.items()}}
        if not self.check:
            adapter.update(resource, state, changes)
            after = {**after, **self._await_ready(adapter, resource, self._await_seen(adapter, resource))}
        return of_changes(UPDATED, resource, adapter, after, changes)

    def _await_seen(self, adapter: Adapter, resource: Resource) -> State:
        waited = 0
        while True:
            self.cloud.forget()
            state = self.find(adapter, [resource]).get(resource.name)
            if state is not None:
                return state
            if waited >= APPEARS_WITHIN:
                raise ConvergeError(f"was created, but AWS does not show it after {waited} s")
            self.cloud.wait(adapter.poll)
            waited += adapter.poll

    def _await_ready(self, adapter: Adapter, resource: Resource, state: State) -> State:
        waited, at_most = 0, round(self.cloud.clock.patience(adapter.timeout))
        while not adapter.ready(state):
            if waited >= at_most:
                raise ConvergeError(f"is not ready after {waited} s; run again to go on waiting")
            if waited and waited % TALK_EVERY < adapter.poll:
                self.progress(f"{resource} is not ready yet, {waited} s of at most {at_most} s")
            self.cloud.wait(adapter.poll)
            waited += adapter.poll
            state = self._await_seen(adapter, resource)
        return state


def wanted_changes(adapter: Adapter, resource: Resource, state: State) -> Changes:
    """Return what differs between a resource as declared and as it is."""
    return differences(
        {**adapter.defaults, **resource.properties, **_tags(adapter, resource)},
        state,
        unordered=adapter.unordered,
        documents=adapter.documents,
        exact=adapter.exact,
    )


def _tags(adapter: Adapter, resource: Resource) -> State:
    return {"Tags": resource.tags} if adapter.taggable else {}


def _declared(resource: Resource) -> State:
    """Return what a resource is created with; of a dictionary a part may be declared, and a part be initial."""
    merged = {**resource.initial, **resource.properties}
    shared = {name: resource.initial[name] for name in resource.initial if isinstance(merged[name], dict)}
    return merged | {name: {**value, **merged[name]} for name, value in shared.items()}


def _immutable_text(name: str, changes: Changes) -> str:
    change = changes[name]
    return (
        f"{name} is {change.before!r} and AWS cannot change it to {change.after!r};"
        " give the old value, or remove the resource first"
    )
