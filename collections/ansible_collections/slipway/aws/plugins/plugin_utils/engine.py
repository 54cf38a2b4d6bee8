"""Brings resources to what is wanted: in dependency order, in parallel, each compared whole before it is touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any

from .adapter import Adapter, adapter_class
from .cloud import THREADS, Cloud, explain
from .converge_one import Converger
from .outcome import FAILED, SKIPPED, UNCHANGED, Outcome
from .outputs import Outputs
from .parallel import side_by_side
from .plan import by_key, longest_first, needs, outputs_read
from .references import Reference
from .refused import not_offered
from .resource import ConvergeError, Key, Resource, State
from .settle import EXPECTED
from .typed import typed
from .unknown import Unknown
from .validate import problems

Jobs = dict[Future[list[Outcome]], list[Resource]]


class Engine:
    """Converges one set of resources.

    Args:
        cloud: the account and region.
        outputs: what other components published.
        check: plan only; no call that changes anything is made.
        progress: told one line about long waits.
    """

    def __init__(self, cloud: Cloud, outputs: Outputs, *, check: bool, progress: Callable[[str], None]) -> None:
        self.cloud = cloud
        self.cloud.progress = progress
        self.outputs = outputs
        self.check = check
        self.converger = Converger(cloud, check=check, progress=progress)
        self.outcomes: dict[Key, Outcome] = {}
        self._adapters: dict[str, Adapter] = {}

    def run(self, declared: Iterable[Resource]) -> list[Outcome]:
        """Converge and return one outcome a resource, in the order of declaration.

        Raises:
            ConvergeError: the declarations themselves are wrong; nothing was called.
        """
        resources = by_key([_pinned(typed(resource)) for resource in declared])
        mistakes = [text for resource in resources.values() for text in problems(resource)]
        if mistakes:
            raise ConvergeError("; ".join(mistakes))
        graph = needs(resources)
        self.outputs.expect(outputs_read(resources.values()))
        with ThreadPoolExecutor(THREADS) as pool:
            self._walk(pool, {k: r for k, r in resources.items() if not r.absent}, graph, self._present)
            self._remove(pool, {k: r for k, r in resources.items() if r.absent}, graph)
        return [self.outcomes[key] for key in resources]

    def _remove(self, pool: ThreadPoolExecutor, resources: dict[Key, Resource], graph: dict[Key, set[Key]]) -> None:
        """Look at all in order, so that references resolve, then delete in the reverse order."""
        self._walk(pool, resources, graph, self._look)
        dependents: dict[Key, set[Key]] = defaultdict(set)
        for key, wanted in graph.items():
            for other in wanted & set(resources):
                dependents[other].add(key)
        seen = {key: self.outcomes.pop(key) for key in resources}
        for key, outcome in seen.items():
            self.outcomes[key] = outcome  # references still resolve while the walk below replaces them one by one
        doable = {key: r for key, r in resources.items() if seen[key].action not in {FAILED, SKIPPED}}
        done = set(self.outcomes) - set(doable)
        self._walk(pool, doable, dependents, self._absent, done)

    def _walk(
        self,
        pool: ThreadPoolExecutor,
        waiting: dict[Key, Resource],
        graph: dict[Key, set[Key]],
        job: Callable[[str, list[Resource]], list[Outcome]],
        done: set[Key] | None = None,
    ) -> None:
        """Run ``job`` over the resources of a type that are free, until none is left."""
        waiting, running = dict(waiting), Jobs()
        finished = done if done is not None else set(self.outcomes)
        while waiting or running:
            for kind, group in longest_first(self._free(waiting, graph, finished), self._seconds):
                running[pool.submit(job, kind, group)] = group
            if not running:
                continue
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                del running[future]
                for outcome in future.result():
                    self.outcomes[outcome.resource.key] = outcome
                    finished.add(outcome.resource.key)

    def _seconds(self, kind: str, count: int) -> float:
        adapter = adapter_class(kind)
        return self.cloud.limits.seconds(adapter.service, adapter.create_operation, count)

    def _free(
        self, waiting: dict[Key, Resource], graph: dict[Key, set[Key]], finished: set[Key]
    ) -> dict[str, list[Resource]]:
        groups: dict[str, list[Resource]] = defaultdict(list)
        for key in [key for key in waiting if graph.get(key, set()) <= finished]:
            resource = waiting.pop(key)
            broken = sorted(n for n in graph.get(key, ()) if self.outcomes[n].action in {FAILED, SKIPPED})
            if broken:
                text = f"not tried, because {'.'.join(broken[0])} failed"
                self.outcomes[key] = Outcome(resource, SKIPPED, message=text)
                finished.add(key)
            else:
                groups[resource.type].append(resource)
        return groups

    def _present(self, kind: str, group: list[Resource]) -> list[Outcome]:
        adapter, there, states, told = self._there(kind, group)
        return [*told, *self.converger.present(adapter, there, states)]

    def _absent(self, kind: str, group: list[Resource]) -> list[Outcome]:
        return self._each(kind, group, self.converger.absent)

    def _look(self, kind: str, group: list[Resource]) -> list[Outcome]:
        def look(_adapter: Adapter, resource: Resource, state: State | None) -> Outcome:
            return Outcome(resource, UNCHANGED, state or {})

        return self._each(kind, group, look)

    def _each(
        self, kind: str, group: list[Resource], job: Callable[[Adapter, Resource, State | None], Outcome]
    ) -> list[Outcome]:
        """Resolve and find a group in one go, then do a job for its members side by side."""
        adapter, there, states, told = self._there(kind, group)

        def one(resource: Resource) -> Outcome:
            try:
                return job(adapter, resource, states.get(resource.name))
            except EXPECTED as error:
                return Outcome(resource, FAILED, message=explain(error))

        return [*told, *side_by_side(one, there)]

    def _there(
        self, kind: str, group: list[Resource]
    ) -> tuple[Adapter, list[Resource], dict[str, State], list[Outcome]]:
        """Return a group's adapter, resolved members and states, and what became of members that go no further."""
        adapter = self._adapter(kind)
        resolved, outcomes = self._resolved(group)
        states, failed = self._found(adapter, resolved)
        there = [resource for resource in resolved if resource.name not in failed]
        return adapter, there, states, [*outcomes, *failed.values()]

    def _adapter(self, kind: str) -> Adapter:
        return self._adapters.setdefault(kind, adapter_class(kind)(self.cloud))

    def _resolved(self, group: list[Resource]) -> tuple[list[Resource], list[Outcome]]:
        """Return resources without references, and the outcomes of those whose references have no value."""
        resolved, outcomes = [], []
        for resource in group:
            try:
                lenient = self.check or resource.absent  # what another component took along is no longer known
                resolved.append(resource.resolved(partial(self._lookup, lenient=lenient)))
            except EXPECTED as error:
                outcomes.append(Outcome(resource, FAILED, message=explain(error)))
        return resolved, outcomes

    def _found(self, adapter: Adapter, resources: list[Resource]) -> tuple[dict[str, State], dict[str, Outcome]]:
        """Return states and failures by name: of all at once, or of each by itself where that is refused."""
        try:
            return self.converger.find(adapter, resources), {}
        except EXPECTED as error:
            if len(resources) == 1 and resources[0].absent and not_offered(error):
                return {}, {}  # of what cannot even be asked for there is nothing to remove
            if len(resources) == 1:
                return {}, {resources[0].name: Outcome(resources[0], FAILED, message=explain(error))}
        alone = side_by_side(lambda resource: self._found(adapter, [resource]), resources)
        states = {name: state for found, _ in alone for name, state in found.items()}
        return states, {name: outcome for _, failed in alone for name, outcome in failed.items()}

    def _lookup(self, reference: Reference, *, lenient: bool) -> Any:
        if reference.type == "cloud":
            return self.cloud.identity()[reference.attribute]
        if reference.type == "output":
            return self.outputs.value(reference, check=lenient)
        outcome = self.outcomes[reference.key]
        value: Any = outcome.state
        for part in reference.attribute.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            return value
        if lenient or outcome.resource.absent:
            return Unknown(str(reference))
        raise ConvergeError(f"{reference} has no value; {outcome.resource} offers {sorted(outcome.state)}")


def _pinned(resource: Resource) -> Resource:
    """Return a resource as one that is found where it was taken over."""
    if resource.adopted is None or not resource.adopted.id:
        return resource
    return adapter_class(resource.type).pinned(resource, resource.adopted.id)
