"""The lease of the writers: which of two environments in two regions may write.

One item of a table in a third region, which services read (``app/write_lease.py``)::

    id       writer
    holder   the environment that may write; empty while nobody may
    seconds  for which a service may write after it has asked; set when the item is made
    next     who is to get it, while nobody may write
    taken    when it was taken away, in seconds since 1970 by AWS's clock
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from .cloud import Cloud, error_code
from .records import REFUSED
from .resource import ConvergeError

KEY = {"id": {"S": "writer"}}
NOBODY = {"S": ""}


@dataclass(frozen=True)
class Writer:
    """What the item says."""

    holder: str
    seconds: int
    next: str = ""
    taken: int = 0

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Writer:
        """Return what a stored item says."""
        return cls(
            holder=item["holder"]["S"],
            seconds=int(item["seconds"]["N"]),
            next=item.get("next", NOBODY)["S"],
            taken=int(item.get("taken", {"N": "0"})["N"]),
        )


class WriteLease:
    """The item, and the only ways in which it changes.

    Args:
        cloud: the account and the region of the table.
        table: its name.
    """

    def __init__(self, cloud: Cloud, table: str) -> None:
        self.cloud = cloud
        self.table = table

    def read(self) -> Writer:
        """Return who may write.

        Raises:
            ConvergeError: nobody has made the item yet.
        """
        answer = self.cloud.read("dynamodb", "get_item", TableName=self.table, Key=KEY, ConsistentRead=True)
        if not answer.get("Item"):
            raise ConvergeError(
                f"{self.table} in {self.cloud.region} does not say who may write; run site.yml --limit write_lease for"
                " the environment that has this component"
            )
        return Writer.of(answer["Item"])

    def take(self, giver: str, taker: str) -> Writer:
        """Take the lease away from ``giver`` for ``taker``, and return what the item says then.

        One that was taken for ``taker`` before, or that it holds already, is left as it is.

        Raises:
            ConvergeError: somebody else holds it.
        """
        now = {"N": str(round(self.cloud.time()))}
        values = {":nobody": NOBODY, ":giver": {"S": giver}, ":taker": {"S": taker}, ":now": now}
        self._update("SET #holder = :nobody, #next = :taker, #taken = :now", "#holder = :giver", values)
        found = self.read()
        if found.holder != taker and (found.holder or found.next != taker):
            raise ConvergeError(f"{self._said(found)}; it can be taken from {giver} for {taker} only")
        return found

    def wait_out(self, writer: Writer, margin: int) -> None:
        """Wait until what services were answered before is good no longer, by their clocks, which are real.

        Args:
            writer: what the item says since it was taken.
            margin: seconds for what was on its way to the database, and for clocks that run slower than ours.
        """
        for _ in range(writer.seconds + margin):
            self.cloud.wait(self.cloud.clock.scale)

    def give(self, taker: str) -> bool:
        """Give the lease to ``taker``, for whom it was taken; ``False`` when it has it already.

        Raises:
            ConvergeError: it was not taken, or for somebody else.
        """
        values = {":nobody": NOBODY, ":taker": {"S": taker}}
        given = self._update("SET #holder = :taker REMOVE #next", "#holder = :nobody AND #next = :taker", values)
        found = self.read()
        if found.holder != taker:
            raise ConvergeError(f"{self._said(found)}; it is given to whom it was taken for only, not to {taker}")
        return given

    def _said(self, found: Writer) -> str:
        holder = f"held by {found.holder}" if found.holder else f"held by nobody, and taken for {found.next}"
        return f"the write lease {self.table} in {self.cloud.region} is {holder}"

    def _update(self, expression: str, condition: str, values: dict[str, Any]) -> bool:
        names = {f"#{name}": name for name in ("holder", "next", "taken") if f"#{name}" in expression + condition}
        try:
            self.cloud.write(
                "dynamodb",
                "update_item",
                TableName=self.table,
                Key=KEY,
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error_code(error) != REFUSED:
                raise
            return False
        return True
