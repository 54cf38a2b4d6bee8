"""Leases: who may change a component or service, until when, with a number that only ever grows.

One item a host in the environment's lease table::

    id      lease#<host>
    fence   number; raised by every new holder, so that an old one can be told from a new one
    run     names the run that holds it; absent when nobody does
    until   when it no longer holds by AWS's clock, as text in UTC to the millisecond, which Step Functions can compare;
            the dead man's switch, which has it for seconds, says none
    holder  what to tell others: user, machine, process, since
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from .cloud import Cloud, error_code
from .records import REFUSED
from .resource import ConvergeError

#: In place of a run: nobody changes anything, a release waits for a person's answer.
WAITING = "waiting"
#: Begins the name under which the dead man's switch holds a lease; the execution's name follows.
SWITCH = "dead-mans-switch"


@dataclass(frozen=True)
class Holder:
    """Who holds a lease."""

    run: str
    user: str
    machine: str
    boot: str
    pid: int
    started: str
    since: str

    def as_item(self) -> dict[str, Any]:
        """Return the attribute value stored in DynamoDB."""
        return {"M": {name: {"S": str(value)} for name, value in vars(self).items()}}


class LeaseHeldError(ConvergeError):
    """Somebody else holds the lease."""

    def __init__(self, host: str, item: dict[str, Any]) -> None:
        self.host = host
        self.item = item
        super().__init__(_held_text(host, item))

    @property
    def by_switch(self) -> bool:
        """Whether it is the dead man's switch, which gives it back by itself."""
        return _by_switch(self.item)


class LeaseStore:
    """The lease table of an environment.

    Args:
        cloud: the account and region.
        table: name of the DynamoDB table.
        seconds: real seconds that a lease lasts without being renewed.
    """

    def __init__(self, cloud: Cloud, table: str, seconds: float) -> None:
        self.cloud = cloud
        self.table = table
        self.seconds = seconds

    def acquire(self, host: str, holder: Holder, *, takeover: bool, waiting: bool = False) -> int:
        """Take the lease of ``host`` and return its fencing number.

        Args:
            host: whose.
            holder: we.
            takeover: take it from whoever holds it.
            waiting: take it when what holds it waits for a person's answer.

        Raises:
            LeaseHeldError: another run holds it.
        """
        request = self.taking(host, holder, takeover=takeover, waiting=waiting)
        try:
            answer = self._update(request | {"ReturnValues": "UPDATED_NEW"})
        except ClientError as error:
            if error_code(error) != REFUSED:
                raise
            answer = dict(error.response)
            raise LeaseHeldError(host, answer.get("Item") or self.read(host)) from None
        return int(answer["Attributes"]["fence"]["N"])

    def renew(self, host: str, run: str, fence: int) -> bool:
        """Push the end of a lease we hold; ``False`` when it is no longer ours."""
        return self._if_ours(self.renewing(host, run, fence))

    def release(self, host: str, run: str, fence: int) -> bool:
        """Give a lease back; ``False`` when it was no longer ours. The fencing number stays."""
        return self._if_ours(self.releasing(host, run, fence))

    def taking(self, host: str, holder: Holder, *, takeover: bool = False, waiting: bool = False) -> dict[str, Any]:
        """Return the update that takes a lease which is free, or any, when taken over."""
        free = "attribute_not_exists(#run) OR #until < :now OR #run = :run" + (" OR #run = :waiting" if waiting else "")
        values = {":holder": holder.as_item(), ":one": {"N": "1"}, ":waiting": {"S": WAITING}}
        return self._request(
            host,
            "SET #run = :run, #until = :until, #holder = :holder ADD #fence :one",
            {":run": {"S": holder.run}, **values},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **({} if takeover else {"ConditionExpression": free}),
        )

    def renewing(self, host: str, run: str, fence: int) -> dict[str, Any]:
        """Return the update that pushes the end of a lease, if it is ours."""
        return self._ours(host, run, fence, "SET #until = :until")

    def releasing(self, host: str, run: str, fence: int) -> dict[str, Any]:
        """Return the update that gives a lease back, if it is ours."""
        return self._ours(host, run, fence, "REMOVE #run, #until, #holder")

    def leave_waiting(self, host: str, fence: int) -> bool:
        """Leave a lease we hold to a release that waits, for as long as a lease of this store lasts.

        With another number, so that the run that ends may write no more. ``False`` when it is no longer ours.
        """
        values = {":fence": {"N": str(fence)}, ":waiting": {"S": WAITING}, ":one": {"N": "1"}}
        left = "SET #run = :waiting, #until = :until ADD #fence :one"
        return self._if_ours(self._request(host, left, values, ConditionExpression="#fence = :fence"))

    def read(self, host: str) -> dict[str, Any]:
        """Return the stored item, empty when there never was one."""
        answer = self.cloud.read("dynamodb", "get_item", TableName=self.table, Key=_key(host), ConsistentRead=True)
        item: dict[str, Any] = answer.get("Item", {})
        return item

    def _ours(self, host: str, run: str, fence: int, expression: str) -> dict[str, Any]:
        values = {":run": {"S": run}, ":fence": {"N": str(fence)}}
        return self._request(host, expression, values, ConditionExpression="#run = :run AND #fence = :fence")

    def _if_ours(self, request: dict[str, Any]) -> bool:
        try:
            self._update(request)
        except ClientError as error:
            if error_code(error) != REFUSED:
                raise
            return False
        return True

    def _request(self, host: str, expression: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
        text = expression + more.get("ConditionExpression", "")
        now = self.cloud.real_time()
        known = {":now": {"S": _text(now)}, ":until": {"S": _text(now + self.seconds)}, **values}
        names = ("run", "until", "holder", "fence")
        return {
            "TableName": self.table,
            "Key": _key(host),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {f"#{name}": name for name in names if f"#{name}" in text},
            "ExpressionAttributeValues": {name: value for name, value in known.items() if name in text},
            **more,
        }

    def _update(self, request: dict[str, Any]) -> dict[str, Any]:
        # Not guarded: taking, renewing and giving back a lease is what the guard itself rests on.
        return self.cloud.read("dynamodb", "update_item", **request)


def _key(host: str) -> dict[str, Any]:
    return {"id": {"S": f"lease#{host}"}}


def ends(item: dict[str, Any]) -> float:
    """Return the epoch seconds at which a stored lease ends, 0 when it has no end."""
    until = item.get("until", {}).get("S")
    return datetime.fromisoformat(until).timestamp() if until else 0.0


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _held_text(host: str, item: dict[str, Any]) -> str:
    who = {name: value["S"] for name, value in item.get("holder", {}).get("M", {}).items()}
    left = max(0, round(ends(item) - time.time()))
    if _by_switch(item):
        return _switch_text(host, who)
    release = host.removeprefix("release/")
    if item.get("run", {}).get("S") == WAITING:
        return (
            f"the release of {release} that {who.get('user')} began waits for an answer, since {who.get('since')} and"
            f" for {left} s more: playbooks/promote.yml -e service={release} goes on with it, playbooks/abort.yml goes"
            " back"
        )
    shown = "" if release == host else " playbooks/release_status.yml shows it, playbooks/abort.yml ends it;"
    return (
        f"{host} is being changed by {who.get('user')} on {who.get('machine')} (process {who.get('pid')}) since"
        f" {who.get('since')};{shown} the lease ends {left} s from now unless it is renewed. Wait for that run; or,"
        " when you know that it is dead, take over with -e slipway_takeover=true"
    )


def _by_switch(item: dict[str, Any]) -> bool:
    return str(item.get("run", {}).get("S", "")).startswith(SWITCH)


def _switch_text(host: str, who: dict[str, str]) -> str:
    return (
        f"the dead man's switch is putting the traffic of {host.removeprefix('release/')} back where it is safe since"
        f" {who.get('since')}, which takes seconds: try again; or, when its execution {who.get('pid')} in Step"
        " Functions has failed, take over with -e slipway_takeover=true"
    )
