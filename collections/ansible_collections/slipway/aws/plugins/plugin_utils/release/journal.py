"""The journal of a service's release: what was done, and what is about to be, so that any later run can go on.

One item a service in the environment's state table, written whole and only under the newest fencing number::

    id        release#<service>
    fence     fencing number of the lease under which it was written
    status    running, waiting for an answer without a run, succeeded, rolled back, or stopped
    order     what an operator asks of the run that goes on: abort or promote

and every ended release as ``release#<service>#<number>``.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud, error_code
from ..records import REFUSED, read_items, stored
from ..resource import ConvergeError
from .packing import packed, unpacked

RUNNING, WAITS, SUCCEEDED, ROLLED_BACK, STOPPED = "running", "waits", "succeeded", "rolled back", "stopped"
#: The phase in which a person is asked.
WAITING = "waiting"
#: An operator's words.
ABORT, GO_ON = "abort", "promote"
Entry = dict[str, Any]


def journal_id(service: str, number: int | None = None) -> str:
    """Return the key of a service's running or last release, or of one by its number."""
    return f"release#{service}" + ("" if number is None else f"#{number:06d}")


class Journal:
    """A service's journal.

    Args:
        cloud: the account and region.
        table: the environment's state table.
        service: its name.
        fence: fencing number of our lease; 0 for who only reads.
    """

    def __init__(self, cloud: Cloud, table: str, service: str, fence: int = 0) -> None:
        self.cloud = cloud
        self.table = table
        self.service = service
        self.fence = fence

    def read(self, number: int | None = None) -> Entry:
        """Return the running or last release, or one by its number; empty when there is none."""
        found = read_items(self.cloud, self.table, [{"id": journal_id(self.service, number)}])
        return unpacked(found[0]) if found else {}

    def write(self, entry: Entry) -> None:
        """Write the release, leaving an operator's order alone.

        Raises:
            ConvergeError: a run with a newer fencing number has written.
        """
        values = {name: value for name, value in packed(entry).items() if name not in {"id", "fence", "order"}}
        values["fence"] = self.fence
        names = {f"#{index}": name for index, name in enumerate(values)}
        aliases = {f":{index}": stored(value) for index, value in enumerate(values.values())}
        fence = f"#{len(names) - 1}"
        self._update(
            "SET " + ", ".join(f"#{index} = :{index}" for index in range(len(names))),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=aliases,
            ConditionExpression=f"attribute_not_exists({fence}) OR {fence} <= :{len(names) - 1}",
        )

    def close(self, entry: Entry) -> None:
        """Write how the release ended, and keep it under its number."""
        self.write(entry)
        self.take_order()
        kept = {**packed(entry), "id": journal_id(self.service, entry["number"]), "fence": self.fence}
        item = {name: stored(value) for name, value in kept.items()}
        self.cloud.write("dynamodb", "put_item", TableName=self.table, Item=item)

    def take_order(self) -> None:
        """Remove an operator's order that is carried out."""
        self._update("REMOVE #order", ExpressionAttributeNames={"#order": "order"})

    def order(self, word: str, actor: str) -> None:
        """Ask something of the run that goes on.

        Raises:
            ConvergeError: no release is going on, or none that waits for an answer.
        """
        asked = " AND #phase = :waiting" if word == GO_ON else ""
        names = {"#order": "order", "#status": "status"} | ({"#phase": "phase"} if asked else {})
        values = {":order": stored({"word": word, "actor": actor}), ":running": stored(RUNNING)}
        try:
            self._update(
                "SET #order = :order",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values | ({":waiting": stored(WAITING)} if asked else {}),
                ConditionExpression=f"#status = :running{asked}",
            )
        except ConvergeError:
            if asked:
                told = f"{self.service} does not wait for an answer; see playbooks/release_status.yml"
                raise ConvergeError(told) from None
            raise

    def _update(self, expression: str, **more: Any) -> None:
        try:
            self.cloud.write(
                "dynamodb",
                "update_item",
                TableName=self.table,
                Key={"id": stored(journal_id(self.service))},
                UpdateExpression=expression,
                **more,
            )
        except ClientError as error:
            if error_code(error) != REFUSED:
                raise
            raise ConvergeError(
                f"the release of {self.service} is another run's by now, or has ended; see playbooks/release_status.yml"
            ) from error
