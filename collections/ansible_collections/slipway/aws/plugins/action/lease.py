"""Takes the leases of every host of a run, and starts the process that renews them."""

from __future__ import annotations

import getpass
import json
import os
import platform
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils import lease_keeper
from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, error_code
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_batch import acquire_all, release_all
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import WAITING, Holder, LeaseHeldError, LeaseStore
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_wait import acquire_after_switch
from ansible_collections.slipway.aws.plugins.plugin_utils.night.mark import refuse_asleep
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.run_dir import make_run_dir, start_time
from ansible_collections.slipway.aws.plugins.plugin_utils.skew import refuse_skew

ARGUMENTS = {
    "hosts": {"type": "list", "elements": "str", "required": True},
    "table": {"type": "str", "required": True},
    "takeover": {"type": "bool", "default": False},
    "waiting": {"type": "bool", "default": False},
    "without_table": {"type": "bool", "default": False},
    "region": {"type": "str"},
}
#: Virtual seconds that a lease lasts, and between two renewals.
LASTS, EVERY = 180, 20
#: Real seconds below which a scaled clock does not go: a busy machine must be able to renew in time.
SHORTEST_LEASE, SHORTEST_PAUSE = 15.0, 1.0


def boot_id() -> str:
    """Return what tells this machine's present boot from every other, empty where the system does not say."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


class ActionModule(Acting):
    """Takes leases for the run."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the fencing numbers. A plan takes no lease: it writes nothing.

        Raises:
            ConvergeError: somebody holds one, or the environment sleeps.
        """
        if self._task.check_mode:
            return {"changed": False, "fences": {}}
        try:
            return {"changed": False, "fences": self._take(options)}
        except ClientError as error:
            if options["without_table"] and error_code(error) == lease_keeper.NO_TABLE:
                return {"changed": False, "fences": {}}
            raise

    def _take(self, options: dict[str, Any]) -> dict[str, int]:
        controller = os.getppid()
        cloud = Cloud(options["region"])
        refuse_skew(cloud)
        seconds = max(SHORTEST_LEASE, cloud.clock.real(LASTS))
        store = LeaseStore(cloud, options["table"], seconds)
        holder = _holder(controller)
        begun = time.monotonic()
        how = {name: options[name] for name in ("takeover", "waiting")}
        fences = _acquire_all(store, options["hosts"], holder, **how)
        _unless_asleep(store, fences, holder.run)
        directory = make_run_dir(controller)
        lease_keeper.write_word(directory, begun + seconds, [])
        _start_keeper(
            {
                "region": cloud.region,
                "table": options["table"],
                "run": holder.run,
                "seconds": seconds,
                "every": max(SHORTEST_PAUSE, cloud.clock.real(EVERY)),
                "controller": controller,
                "directory": str(directory),
                "fences": fences,
                "role": cloud.role.as_values() if cloud.role else {},
            }
        )
        return fences


def _holder(controller: int) -> Holder:
    return Holder(
        run=uuid.uuid4().hex,
        user=getpass.getuser(),
        machine=platform.node(),
        boot=boot_id(),
        pid=controller,
        started=start_time(controller),
        since=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _unless_asleep(store: LeaseStore, fences: dict[str, int], run: str) -> None:
    """Give all back where the environment sleeps, or falls asleep."""
    try:
        refuse_asleep(store.cloud, store.table)
    except ConvergeError:
        release_all(store, fences, run)
        raise


def _acquire_all(store: LeaseStore, hosts: list[str], holder: Holder, **how: bool) -> dict[str, int]:
    """Take all or none: together, or one by one where somebody holds one, which tells who and may take it over."""
    fences = None if any(how.values()) else acquire_all(store, hosts, holder)
    if fences is not None:
        return fences
    fences = {}
    try:
        for host in hosts:
            fences[host] = _acquire(store, host, holder, **how)
    except ConvergeError:
        release_all(store, fences, holder.run)
        raise
    return fences


def _acquire(store: LeaseStore, host: str, holder: Holder, **how: bool) -> int:
    try:
        return store.acquire(host, holder, **how)
    except LeaseHeldError as error:
        if error.by_switch:
            return acquire_after_switch(store, host, holder, **how)
        if error.item.get("run", {}).get("S") == WAITING or not _is_dead(error.item):
            raise
        time.sleep(lease_keeper.ORPHANS_STOP_WITHIN)
        return store.acquire(host, holder, takeover=True)


def _is_dead(item: dict[str, Any]) -> bool:
    """Say whether the holder was a process of this very machine and boot that has ended."""
    who = {name: value["S"] for name, value in item.get("holder", {}).get("M", {}).items()}
    here = bool(boot_id()) and who.get("boot") == boot_id() and who.get("machine") == platform.node()
    return here and start_time(int(who["pid"])) != who["started"]


def _start_keeper(orders: dict[str, Any]) -> None:
    log = Path(orders["directory"]) / "keeper.log"
    with log.open("ab") as output:
        keeper = subprocess.Popen(
            [sys.executable, lease_keeper.__file__],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    if keeper.stdin is not None:
        keeper.stdin.write(json.dumps(orders).encode())
        keeper.stdin.close()
