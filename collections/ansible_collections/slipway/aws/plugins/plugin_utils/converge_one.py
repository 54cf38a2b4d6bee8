"""The resources of one type, from what is there to what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from .adapter import Adapter, without
from .adopted import keeping
from .cloud import Cloud, explain
from .compare import Changes
from .outcome import CREATED, DELETED, FAILED, KEPT, UNCHANGED, UPDATED, Outcome, hidden, of_changes, of_kept
from .parallel import side_by_side
from .repetition import SHOWS_WITHIN, UncertainError, may_be_done
from .resource import ConvergeError, Resource, State
from .retries import ATTEMPTS
from .settle import EXPECTED, Pending, Settler, Shortfall, tags_of, wanted_changes
from .unknown import has_unknown

Started = Outcome | Pending


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

    def present(self, adapter: Adapter, resources: Sequence[Resource], states: dict[str, State]) -> list[Outcome]:
        """Create or update each, side by side, and read back together what was written."""

        def start(resource: Resource) -> Started:
            try:
                return self._start(adapter, resource, states.get(resource.name))
            except EXPECTED as error:
                return Outcome(resource, FAILED, message=explain(error))

        started = side_by_side(start, resources)
        self._settler(adapter).settle([item for item in started if isinstance(item, Pending)])
        return [item.outcome if isinstance(item, Pending) else item for item in started]

    def absent(self, adapter: Adapter, resource: Resource, state: State | None) -> Outcome:
        """Delete the resource unless something keeps it."""
        if state is None:
            return Outcome(resource, UNCHANGED)
        kept = adapter.keeps(resource, state)
        if resource.adopted:
            kept = "it stood before Slipway; remove it where it was made, or take it off slipway_adopted"
        if kept:
            return Outcome(resource, KEPT, state, message=kept)
        if not self.check:
            self._removed(adapter, resource, state)
        return Outcome(resource, DELETED, before=hidden(_declared(resource), adapter))

    def _start(self, adapter: Adapter, resource: Resource, state: State | None) -> Started:
        if state is None:
            return self._create(adapter, resource)
        if resource.adopted is None:
            return self._compared(adapter, resource, state)
        changes = wanted_changes(adapter, resource, state)
        kept = {name: change for name, change in changes.items() if resource.adopted.keeps(name)}
        started = self._compared(adapter, keeping(resource, state, kept), state)
        outcome = started.outcome if isinstance(started, Pending) else started
        outcome.kept = of_kept(kept, adapter)
        return started

    def _compared(self, adapter: Adapter, resource: Resource, state: State) -> Started:
        if not (self.check or adapter.mendable(state) or adapter.ready(state)):
            state = self._settler(adapter).usable(resource)
        changes = wanted_changes(adapter, resource, state)
        stuck = sorted(set(changes) & set(adapter.immutable))
        if stuck and adapter.replaceable:
            return self._replace(adapter, resource, state, changes)
        if stuck:
            raise ConvergeError(_immutable_text(stuck[0], changes))
        if not changes:
            return Outcome(resource, UNCHANGED, state)
        return self._update(adapter, resource, state, changes)

    def _create(self, adapter: Adapter, resource: Resource) -> Started:
        if resource.adopted and resource.adopted.id:
            raise ConvergeError(_lost_text(resource.adopted.id))
        wanted = replace(resource, properties=_declared(resource), initial={})
        after = hidden({**wanted.properties, **tags_of(adapter, resource)}, adapter)
        if self.check:
            return Outcome(resource, CREATED, {**wanted.properties, "Tags": resource.tags}, {}, after)
        self._made(adapter, wanted)
        return Pending(wanted, Outcome(resource, CREATED, {}, {}, after), compare=True)

    def _replace(self, adapter: Adapter, resource: Resource, state: State, changes: Changes) -> Started:
        outcome = of_changes(UPDATED, resource, adapter, state, changes)
        if self.check:
            return outcome
        self._removed(adapter, resource, state)
        self._made(adapter, wanted := replace(resource, properties=_declared(resource), initial={}))
        return Pending(wanted, replace(outcome, state={}), compare=True)

    def _update(self, adapter: Adapter, resource: Resource, state: State, changes: Changes) -> Started:
        after = {**state, **{name: change.after for name, change in changes.items()}}
        outcome = of_changes(UPDATED, resource, adapter, after, changes)
        outcome.precautions = adapter.precautions(resource, changes)
        if self.check:
            return outcome
        short = self._settler(adapter).mend_as_offered(resource, state, changes)
        if short:
            return self._as_far_as_offered(adapter, resource, changes, short)
        return Pending(resource, outcome, compare=False, changed=True)

    @staticmethod
    def _as_far_as_offered(adapter: Adapter, resource: Resource, changes: Changes, short: Shortfall) -> Outcome:
        """Return what an update has done before the call for the rest turned out to be none of this cloud's."""
        done, state = without(changes, short.left), short.state
        outcome = of_changes(UPDATED, resource, adapter, state, done) if done else Outcome(resource, UNCHANGED, state)
        return replace(outcome, warning=short.warning)

    def _made(self, adapter: Adapter, wanted: Resource) -> None:
        """Create; where nobody knows whether that was carried out, look before it is done again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                adapter.create(wanted)
            except EXPECTED as error:
                if not may_be_done(error):
                    raise
                if self._settler(adapter).seen(wanted, self.cloud.clock.showing(SHOWS_WITHIN)) is not None:
                    return
                if attempt == ATTEMPTS or not isinstance(error, UncertainError):
                    raise
            else:
                return

    def _removed(self, adapter: Adapter, resource: Resource, state: State) -> None:
        """Delete; where nobody knows whether that was carried out, look and delete what is left."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                adapter.delete(resource, state)
            except EXPECTED as error:
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

    def _settler(self, adapter: Adapter) -> Settler:
        return Settler(self.cloud, adapter, partial(self.find, adapter), self.progress)


def _declared(resource: Resource) -> State:
    """Return what a resource is created with; of a dictionary a part may be declared, and a part be initial."""
    merged = {**resource.initial, **resource.properties}
    shared = {name: resource.initial[name] for name in resource.initial if isinstance(merged[name], dict)}
    return merged | {name: {**value, **merged[name]} for name, value in shared.items()}


def _lost_text(name: str) -> str:
    return (
        f"was adopted as {name}, and there is no such thing in this account and region; give the id that it has, or"
        " take it off slipway_adopted to have a new one made"
    )


def _immutable_text(name: str, changes: Changes) -> str:
    change = changes[name]
    return (
        f"{name} is {change.before!r} and AWS cannot change it to {change.after!r};"
        " give the old value, or remove the resource first"
    )
