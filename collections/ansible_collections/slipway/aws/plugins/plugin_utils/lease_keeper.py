"""A process beside the run that renews its leases, and gives them back when the run has ended in whatever way.

Started by ``slipway.aws.lease`` with its orders as JSON on standard input. It leaves word in the run's directory, where
the guard of every writer reads until when the leases hold.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

if __name__ == "__main__":  # started as a file: make the collection importable as Ansible does
    sys.path.insert(0, str(Path(__file__).resolve().parents[5]))

from ansible_collections.slipway.aws.plugins.plugin_utils.assumed import Role
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, error_code
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_batch import release_all, renew_all
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import LeaseStore

#: Real seconds in which DynamoDB answers, or does not.
ANSWERS_WITHIN = 5
#: What DynamoDB says where there is no such table.
NO_TABLE = "ResourceNotFoundException"
#: Real seconds an orphaned worker needs to notice that its controller is gone, before others may write.
ORPHANS_STOP_WITHIN = 1.0


def write_word(directory: Path, until: float, lost: list[str]) -> None:
    """Tell the run's writers until when (monotonic seconds) they may write, and which leases were lost."""
    new = directory / "lease.new"
    new.write_text(json.dumps({"until": until, "lost": lost}), encoding="ascii")
    new.replace(directory / "lease.json")


class Keeper:
    """Renews the leases in ``orders`` until the controller has ended.

    Args:
        orders: ``region``, ``table``, ``run``, ``seconds``, ``every``, ``controller`` (pid), ``directory``,
            ``fences`` (host to fencing number) and ``role`` (what :meth:`Role.of` takes).
    """

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.fences: dict[str, int] = dict(orders["fences"])
        self.lost: list[str] = []
        cloud = Cloud(orders["region"], role=Role.of(orders["role"]))
        # The next round is the next attempt; what takes long now comes too late.
        cloud.answers_within, cloud.outage = ANSWERS_WITHIN, 0.0
        self.store = LeaseStore(cloud, orders["table"], orders["seconds"])
        self.directory = Path(orders["directory"])

    def keep(self) -> None:
        """Renew every ``every`` seconds; return when the controller is gone."""
        watch = os.pidfd_open(self.orders["controller"])
        while not select.select([watch], [], [], self.orders["every"])[0]:
            self._renew()

    def _renew(self) -> None:
        begun = time.monotonic()
        try:
            held = {host: fence for host, fence in self.fences.items() if host not in self.lost}
            self.lost += renew_all(self.store, held, self.orders["run"])
        except Exception as error:  # noqa: BLE001  whatever it was: the word in the directory expires by itself
            sys.stderr.write(f"lease not renewed: {error}\n")
            return
        write_word(self.directory, begun + self.orders["seconds"], self.lost)

    def release(self) -> None:
        """Give back what is still ours, for as long as it would hold, and remove the run's directory."""
        until = time.monotonic() + self.orders["seconds"]
        try:
            while not self._given_back() and time.monotonic() < until:
                time.sleep(self.orders["every"])
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _given_back(self) -> bool:
        try:
            release_all(self.store, self.fences, self.orders["run"])
        except ClientError as error:
            return error_code(error) == NO_TABLE  # a teardown took it along
        except BotoCoreError:
            return False
        return True


def main() -> None:
    """Keep, then release."""
    keeper = Keeper(json.load(sys.stdin))
    with contextlib.suppress(ProcessLookupError):  # the run ended before we began
        keeper.keep()
    time.sleep(ORPHANS_STOP_WITHIN)
    keeper.release()


if __name__ == "__main__":
    main()
