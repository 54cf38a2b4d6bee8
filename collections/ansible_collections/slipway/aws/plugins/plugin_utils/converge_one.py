"""One resource, from what is there to what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from botocore.exceptions import ClientError

from .adapter import Adapter
from .cloud import Cloud
from .compare import Changes, differences
from .outcome import CREATED, DELETED, KEPT, UNCHANGED, UPDATED, Outcome, hidden, of_changes
from .repetition import UncertainError, may_be_done
from .resource import ConvergeError, Resource, State
from .retries import ATTEMPTS
from .unknown import has_unknown

#: Virtual seconds that AWS may take to show what it has just created.
APPEARS_WITHIN = 60
#: Virtual seconds in which AWS shows nearly every write; what is not shown by then was not carried out.
SHOWS_WITHIN = 20
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
        as_it_is = self.check or adapter.mendable(state)
        state = state if as_it_is else self._await_ready(adapter, resource, state)
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
            self._removed(adapter, resource, state)
        return Outcome(resource, DELETED, before=hidden(_declared(resource), adapter))

    def _create(self, adapter: Adapter, resource: Resource) -> Outcome:
        wanted = replace(resource, properties=_declared(resource), initial={})
        after = hidden({**wanted.properties, **_tags(adapter, resource)}, adapter)
        if self.check:
            return Outcome(resource, CREATED, {**wanted.properties, "Tags": resource.tags}, {}, after)
        self._made(adapter, wanted)
        state, changes = self._settle(adapter, wanted)
        told = f"AWS took {sorted(changes)} and shows other values: {hidden(changes, adapter)}" if changes else ""
        return Outcome(resource, CREATED, state, {}, after, warning=told)

    def _made(self, adapter: Adapter, wanted: Resource) -> None:
        """Create; where nobody knows whether that was carried out, look before it is done again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                adapter.create(wanted)
            except (UncertainError, ClientError) as error:
                if not may_be_done(error):
                    raise
                if self._seen(adapter, wanted, SHOWS_WITHIN) is not None:
                    return
                if attempt == ATTEMPTS or not isinstance(error, UncertainError):
                    raise
            else:
                return

    def _mended(self, adapter: Adapter, resource: Resource, state: State, changes: Changes) -> None:
        """Update; where nobody knows whether that was carried out, look and do what is left."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                adapter.update(resource, state, changes)
            except (UncertainError, ClientError) as error:
                if not may_be_done(error) or attempt == ATTEMPTS:
                    raise
            else:
                return
            self.cloud.wait(SHOWS_WITHIN)
            state = self._await_ready(adapter, resource, self._await_seen(adapter, resource))
            changes = wanted_changes(adapter, resource, state)
            if not changes:
                return

    def _removed(self, adapter: Adapter, resource: Resource, state: State) -> None:
        """Delete; where nobody knows whether that was carried out, look and delete what is left."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                adapter.delete(resource, state)
            except (UncertainError, ClientError) as error:
                if not may_be_done(error) or attempt == ATTEMPTS:
                    raise
            else:
                return
            self.cloud.wait(SHOWS_WITHIN)
            self.cloud.forget()
            left = self.find(adapter, [resource]).get(resource.name)
            if left is None or adapter.keeps(resource, left):
                return
            state = left

    def _settle(self, adapter: Adapter, wanted: Resource) -> tuple[State, Changes]:
        """Read a new resource back until it is as wanted; return it, and what still differs.

        A cloud that does not keep a value, as an emulator may not, must not keep the rest from standing; a second run
        names the difference again.
        """
        state = self._await_ready(adapter, wanted, self._await_seen(adapter, wanted))
        changes = wanted_changes(adapter, wanted, state)
        for _ in range(ROUNDS):
            if not changes:
                break
            self._mended(adapter, wanted, state, changes)
            state, changes = self._shown(adapter, wanted)
        return state, changes

    def _shown(self, adapter: Adapter, wanted: Resource) -> tuple[State, Changes]:
        """Read until what was just written shows; return the last state and what then still differs."""
        waited = 0
        while True:
            state = self._await_ready(adapter, wanted, self._await_seen(adapter, wanted))
            changes = wanted_changes(adapter, wanted, state)
            if not changes or waited >= SHOWS_WITHIN:
                return state, changes
            self.cloud.wait(adapter.poll)
            waited += adapter.poll

    def _replace(self, adapter: Adapter, resource: Resource, state: State, changes: Changes) -> Outcome:
        if not self.check:
            self._removed(adapter, resource, state)
            state = self._create(adapter, resource).state
        return of_changes(UPDATED, resource, adapter, state, changes)

    def _update(self, adapter: Adapter, resource: Resource, state: State, changes: Changes) -> Outcome:
        after = {**state, **{name: change.after for name, change in changes.items()}}
        if not self.check:
            self._mended(adapter, resource, state, changes)
            after = {**after, **self._await_ready(adapter, resource, self._await_seen(adapter, resource))}
        return of_changes(UPDATED, resource, adapter, after, changes)

    def _await_seen(self, adapter: Adapter, resource: Resource) -> State:
        state = self._seen(adapter, resource, APPEARS_WITHIN)
        if state is None:
            raise ConvergeError(f"was created, but AWS does not show it after {APPEARS_WITHIN} s")
        return state

    def _seen(self, adapter: Adapter, resource: Resource, at_most: int) -> State | None:
        """Look for a resource until AWS shows it, at most so many virtual seconds."""
        waited = 0
        while True:
            self.cloud.forget()
            state = self.find(adapter, [resource]).get(resource.name)
            if state is not None or waited >= at_most:
                return state
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
    """Return what differs between a resource as declared and as it is; what is set at first only may be anything."""
    defaults = {name: value for name, value in adapter.defaults.items() if name not in resource.initial}
    return differences(
        {**defaults, **resource.properties, **_tags(adapter, resource)},
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
