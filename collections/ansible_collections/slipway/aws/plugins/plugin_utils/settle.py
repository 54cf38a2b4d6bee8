"""Reading back what was written: AWS shows it late, gets it ready later, and sometimes shows something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from botocore.exceptions import BotoCoreError, ClientError

from .adapter import Adapter
from .cloud import Cloud, explain
from .compare import Changes, differences
from .misread import MISREAD
from .not_as_wanted import how_far, not_kept, stays
from .outcome import FAILED, UNCHANGED, Outcome
from .parallel import side_by_side
from .refused import not_offered
from .repetition import SHOWS_WITHIN, may_be_done
from .resource import ConvergeError, Resource, State
from .retries import ATTEMPTS

EXPECTED = (ClientError, BotoCoreError, ConvergeError, *MISREAD)
Find = Callable[[Sequence[Resource]], dict[str, State]]
#: Virtual seconds that AWS may take to show what it has just created.
APPEARS_WITHIN = 60
#: Virtual seconds between two lines of progress.
TALK_EVERY = 60
#: Rounds of reading back and updating that a new resource may need before its description counts as wrong.
ROUNDS = 3


@dataclass
class Pending:
    """A resource that was written and has to be read back.

    Attributes:
        wanted: as it was written.
        outcome: to be told once AWS shows it; its state is still what is known beforehand.
        compare: it was created, so what AWS shows must be what is wanted.
        changed: it was updated, which AWS may show late.
        rounds: how often it was mended after that.
        mended: what differed the last time; a write that was taken and changed nothing is not made again.
        since: virtual seconds that others had been waited for when it was last written.
        done: nothing is left to do.
    """

    wanted: Resource
    outcome: Outcome
    compare: bool
    changed: bool = False
    rounds: int = 0
    mended: Changes = field(default_factory=dict)
    since: int = 0
    done: bool = False

    def end(self, state: State, warning: str) -> None:
        """End it with what AWS shows.

        A cloud that does not keep a value, as an emulator may not, must not keep the rest from standing; a second run
        names the difference again.
        """
        state = {**self.outcome.state, **state}
        self.outcome, self.done = replace(self.outcome, state=state, warning=warning), True

    def fail(self, reason: Exception) -> None:
        """End it as failed."""
        self.outcome, self.done = Outcome(self.outcome.resource, FAILED, message=explain(reason)), True


@dataclass(frozen=True)
class Shortfall:
    """A resource after a part of an update.

    Attributes:
        state: of it.
        left: what still differs.
        warning: tells so.
    """

    state: State
    left: Changes
    warning: str


class Settler:
    """Reads resources of one type back together.

    Args:
        cloud: the account and region.
        adapter: of the type.
        find: returns the states of those that exist, by name.
        progress: told one line about long waits.
    """

    def __init__(self, cloud: Cloud, adapter: Adapter, find: Find, progress: Callable[[str], None]) -> None:
        self.cloud = cloud
        self.adapter = adapter
        self._find = find
        self.progress = progress

    def settle(self, pending: Sequence[Pending]) -> None:
        """Read back what was written, until each is ready and as wanted, or has failed."""
        waited = 0
        while left := [item for item in pending if not item.done]:
            self.cloud.forget()
            slow = self._round(left, waited)
            if slow:
                self._tell(slow[0].wanted, waited)
                self.cloud.wait(self.adapter.poll)
                waited += self.adapter.poll

    def _round(self, left: Sequence[Pending], waited: int) -> list[Pending]:
        """Look at all once; return those to wait for."""
        states = self._read_back(left)
        looked = [item for item in left if not item.done]
        waiting = side_by_side(lambda item: self._look(item, states.get(item.wanted.name), waited), looked)
        return [item for item, slow in zip(looked, waiting, strict=True) if slow]

    def _read_back(self, items: Sequence[Pending]) -> dict[str, State]:
        """Find all at once; where that is refused, each by itself, so that it tells of those alone that it is about."""
        try:
            return self._find([item.wanted for item in items])
        except EXPECTED as error:
            if len(items) == 1:
                items[0].fail(error)
                return {}
            found = side_by_side(lambda item: self._read_back([item]), items)
            return {name: state for states in found for name, state in states.items()}

    def _look(self, item: Pending, state: State | None, waited: int) -> bool:
        """Take note of what AWS shows of a written resource; say whether to wait for it."""
        try:
            return self._looked(item, state, waited)
        except EXPECTED as error:
            item.fail(error)
            return False

    def _looked(self, item: Pending, state: State | None, waited: int) -> bool:
        if state is None or not self.adapter.ready(state):
            self._refuse_to_wait(state, waited - item.since)
            return True
        changes = wanted_changes(self.adapter, item.wanted, state) if item.compare or item.changed else {}
        shown_late = waited - item.since < self.cloud.clock.showing(SHOWS_WITHIN)
        if changes and (item.rounds or item.changed) and shown_late:
            return True
        if changes and item.compare and item.rounds < ROUNDS and changes != item.mended:
            self._mend(item, state, changes, waited)
        else:
            item.end(state, not_kept(self.adapter, changes) if item.compare and changes else "")
        return False

    def _mend(self, item: Pending, state: State, changes: Changes, waited: int) -> None:
        short = self.mend_as_offered(item.wanted, state, changes)
        if short:
            item.end(short.state, short.warning)
        item.rounds, item.mended, item.since = item.rounds + 1, changes, waited

    def mend_as_offered(self, resource: Resource, state: State, changes: Changes) -> Shortfall | None:
        """Update; return what is left where a call that it takes is none of this cloud's."""
        try:
            self.mend(resource, state, changes)
        except ClientError as error:
            if not not_offered(error):
                raise
            state = self.usable(resource)
            left = wanted_changes(self.adapter, resource, state)
            return Shortfall(state, left, stays(self.adapter, left, error))
        return None

    def mend(self, resource: Resource, state: State, changes: Changes) -> None:
        """Update; where nobody knows whether that was carried out, look and do what is left."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self.adapter.update(resource, state, changes)
            except EXPECTED as error:
                if not may_be_done(error) or attempt == ATTEMPTS:
                    raise
            else:
                return
            self.cloud.wait(SHOWS_WITHIN)
            state = self.usable(resource)
            changes = wanted_changes(self.adapter, resource, state)
            if not changes:
                return

    def usable(self, resource: Resource) -> State:
        """Wait until AWS shows a resource and it can be used; return it."""
        item = Pending(resource, Outcome(resource, UNCHANGED), compare=False)
        self.settle([item])
        if item.outcome.action == FAILED:
            raise ConvergeError(item.outcome.message)
        return item.outcome.state

    def seen(self, resource: Resource, at_most: int) -> State | None:
        """Look for a resource until AWS shows it, at most so many virtual seconds."""
        waited = 0
        while True:
            self.cloud.forget()
            state = self._find([resource]).get(resource.name)
            if state is not None or waited >= at_most:
                return state
            self.cloud.wait(self.adapter.poll)
            waited += self.adapter.poll

    def _refuse_to_wait(self, state: State | None, waited: int) -> None:
        if state is None and waited >= self.cloud.clock.showing(APPEARS_WITHIN):
            raise ConvergeError(f"was created, but AWS does not show it after {waited} s")
        if state is not None and waited >= round(self.cloud.clock.patience(self.adapter.timeout)):
            raise ConvergeError(f"is not ready after {waited} s{how_far(state)}; run again to go on waiting")

    def _tell(self, resource: Resource, waited: int) -> None:
        if waited and waited % TALK_EVERY < self.adapter.poll:
            at_most = round(self.cloud.clock.patience(self.adapter.timeout))
            self.progress(f"{resource} is not ready yet, {waited} s of at most {at_most} s")


def wanted_changes(adapter: Adapter, resource: Resource, state: State) -> Changes:
    """Return what differs between a resource as declared and as it is; what is set at first only may be anything."""
    defaults = {name: value for name, value in adapter.defaults.items() if name not in resource.initial}
    return differences(
        {**defaults, **resource.properties, **tags_of(adapter, resource)},
        state,
        unordered=adapter.unordered,
        documents=adapter.documents,
        exact=adapter.exact,
    )


def tags_of(adapter: Adapter, resource: Resource) -> State:
    """Return the tags wanted, as a part of a state."""
    return {"Tags": resource.tags} if adapter.taggable else {}
