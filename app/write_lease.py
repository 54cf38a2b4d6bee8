"""Who may write, where environments in two regions share their data: the one that an item in a third region names.

An answer that names this environment lets it write until so many seconds after the question was asked as the item says,
by this process's own clock. Who takes the lease away waits for longer than that before anybody else is given it, so no
two ever write; an environment that is cut off from the item stops by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

from app.config import Lease
from app.following import client, follow

LOG = logging.getLogger("app")
KEY = {"id": {"S": "writer"}}
#: Questions in the time that an answer is good for, and seconds between two while there is none.
QUESTIONS, EVERY = 5, 1.0
#: Seconds until a question counts as lost.
PATIENCE = 2


class NoLeaseError(Exception):
    """This environment may not write at present; the message says why."""


class WriteLease:
    """Follows the item.

    Args:
        settings: where it is, and whom it has to name.
        client: of DynamoDB in its region, made for the first question where none is given.
    """

    def __init__(self, settings: Lease, client: Any = None) -> None:
        self.settings = settings
        self._client = client
        #: Moment (seconds of the monotonic clock) until which the last answer lets this process write.
        self._until = 0.0
        self.pause = EVERY
        self._refusal = "the write lease has not been read yet"

    def follow(self) -> threading.Thread:
        """Ask again and again, in a thread that ends with the process."""
        return follow(self, "write lease")

    def ask(self) -> None:
        """Ask once; an answer that cannot be had changes nothing, so that the last one runs out."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  slow, and most services have none

        begun = time.monotonic()
        try:
            self._client = self._client or client("dynamodb", PATIENCE, self.settings.region)
            item = self._client.get_item(TableName=self.settings.table, Key=KEY, ConsistentRead=True).get("Item", {})
        except (BotoCoreError, ClientError) as error:
            self._note(f"the write lease cannot be read: {error}")
            return
        self._take(item.get("holder", {}).get("S", ""), float(item.get("seconds", {}).get("N", 0)), begun)

    def _take(self, holder: str, seconds: float, begun: float) -> None:
        if holder == self.settings.holder:
            self._note("the write lease could not be read anew in time")
            self._until, self.pause = begun + seconds, seconds / QUESTIONS or EVERY
            return
        self._until = 0.0
        self._note(f"the write lease is {f'that of {holder}' if holder else 'held by nobody'}")

    def _note(self, refusal: str) -> None:
        if refusal != self._refusal:
            LOG.warning("write lease of %s: %s", self.settings.holder, refusal)
        self._refusal = refusal

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Let the block write, and cancel it when the lease runs out before its end.

        Raises:
            NoLeaseError: this environment may not write, or no longer.
        """
        if time.monotonic() >= self._until:
            raise NoLeaseError(self._refusal)
        try:
            async with asyncio.timeout_at(self._until) as limit:  # the loop's clock is the monotonic one
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            raise NoLeaseError("the write lease ran out while this was written; read whether it was stored") from None
