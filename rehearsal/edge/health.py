"""Health checks of target groups.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from rehearsal.clock import Clock
from rehearsal.edge.routes import Table, Target, TargetGroup, forwarded

#: Real seconds between checks, at least, however fast time runs.
SHORTEST = 0.2
Key = tuple[str, str]


@dataclass
class State:
    """What is known of a target."""

    state: str = "initial"
    reason: str = "Elb.InitialHealthChecking"
    description: str = "Initial health checks in progress"
    passed: int = 0
    failed: int = 0

    def take(self, problem: tuple[str, str] | None, rises_after: int, falls_after: int) -> None:
        """Take the result of a check in; a new target needs one success only."""
        self.passed, self.failed = (0, self.failed + 1) if problem else (self.passed + 1, 0)
        if problem and (self.failed >= falls_after or self.state == "unhealthy"):
            self.state, (self.reason, self.description) = "unhealthy", problem
        elif not problem and (self.passed >= rises_after or self.state == "initial"):
            self.state = "healthy"
            self.reason = self.description = ""


def accepts(matcher: str, status: int) -> bool:
    """Say whether a status is in a list such as ``200,204`` or ``200-299``."""
    for part in matcher.split(","):
        low, _, high = part.partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False


class Monitor:
    """Checks every target of every group that a rule uses.

    Args:
        clock: intervals are virtual; what a target has to answer is real time, since a process knows no other.
        tell: told the group, the target and its state when that changes.
    """

    def __init__(self, clock: Clock, tell: Callable[[str, Target, State], None]) -> None:
        self.clock = clock
        self.tell = tell
        self.states: dict[Key, State] = {}
        self._table = Table()
        self._checks: dict[Key, asyncio.Task[None]] = {}
        self._unverified = ssl.create_default_context()
        self._unverified.check_hostname, self._unverified.verify_mode = False, ssl.CERT_NONE

    def healthy(self, group: str, target: str) -> bool:
        """Say whether a target passed its checks."""
        state = self.states.get((group, target))
        return state is not None and state.state == "healthy"

    def follow(self, table: Table) -> None:
        """Check the targets of this table from now on."""
        self._table = table
        wanted = {(arn, target.key): target for arn in used(table) for target in table.groups[arn].targets}
        for key in set(self._checks) - set(wanted):
            self._checks.pop(key).cancel()
            self.states.pop(key, None)
        for key, target in wanted.items():
            if key not in self._checks:
                self.states[key] = State()
                self.tell(key[0], target, self.states[key])
                self._checks[key] = asyncio.create_task(self._watch(key))

    def stop(self) -> None:
        """Check no more."""
        for check in self._checks.values():
            check.cancel()

    async def _watch(self, key: Key) -> None:
        while True:
            group, target = self._find(key)
            problem = await self._check(group, target)
            state, health = self.states[key], group.health
            before = (state.state, state.reason)
            state.take(problem, health["HealthyThresholdCount"], health["UnhealthyThresholdCount"])
            if (state.state, state.reason) != before:
                self.tell(key[0], target, state)
            await asyncio.sleep(max(SHORTEST, self.clock.real(health["HealthCheckIntervalSeconds"])))

    def _find(self, key: Key) -> tuple[TargetGroup, Target]:
        group = self._table.groups[key[0]]
        return group, next(target for target in group.targets if target.key == key[1])

    async def _check(self, group: TargetGroup, target: Target) -> tuple[str, str] | None:
        """Return reason and description of a failure, or ``None``."""
        if not target.reachable:
            await asyncio.sleep(self.clock.real(group.health["HealthCheckTimeoutSeconds"]))
            return "Target.Timeout", "Request timed out"
        try:
            status = await self._ask(group.health, target)
        except TimeoutError:
            return "Target.Timeout", "Request timed out"
        except (aiohttp.ClientError, OSError):
            return "Target.FailedHealthChecks", "Health checks failed"
        if accepts(group.health["Matcher"], status):
            return None
        return "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]"

    async def _ask(self, health: Mapping[str, Any], target: Target) -> int:
        port = target.port if health["HealthCheckPort"] == "traffic-port" else health["HealthCheckPort"]
        url = f"{health['HealthCheckProtocol'].lower()}://{target.address}:{port}{health['HealthCheckPath']}"
        timeout = aiohttp.ClientTimeout(total=health["HealthCheckTimeoutSeconds"])
        connector = aiohttp.TCPConnector(force_close=True, ssl=self._unverified)
        agent = {"User-Agent": "ELB-HealthChecker/2.0"}
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, headers=agent) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return answer.status


def used(table: Table) -> set[str]:
    """Return the target groups that some rule forwards to."""
    actions = [rule.action for one in table.balancers.values() for listener in one.listeners for rule in listener.rules]
    named = {arn for action in actions if action["Type"] == "forward" for arn, _ in forwarded(action)}
    return named & set(table.groups)
