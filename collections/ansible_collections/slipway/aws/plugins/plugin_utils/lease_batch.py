"""Many leases in a few calls: a hundred of them in one transaction, which takes all or none.

A run on a thousand services holds a thousand leases and renews them every 20 seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from .cloud import error_code
from .lease_store import Holder, LeaseStore
from .records import read_items

BATCH = 100  # TransactWriteItems takes at most a hundred
REFUSED = "TransactionCanceledException"


def acquire_all(store: LeaseStore, hosts: Sequence[str], holder: Holder) -> dict[str, int] | None:
    """Take the leases of all hosts and return their fencing numbers; ``None`` when one is held by another run."""
    taken: list[str] = []
    for batch in _batches(hosts):
        if not _together(store, [store.taking(host, holder) for host in batch]):
            release_all(store, _fences(store, taken), holder.run)
            return None
        taken += batch
    return _fences(store, taken)


def renew_all(store: LeaseStore, fences: Mapping[str, int], run: str) -> list[str]:
    """Push the end of every lease we hold; return the hosts whose lease is no longer ours."""
    return _each(store, fences, run, store.renewing, store.renew)


def release_all(store: LeaseStore, fences: Mapping[str, int], run: str) -> list[str]:
    """Give every lease back; return the hosts whose lease was no longer ours."""
    return _each(store, fences, run, store.releasing, store.release)


def _each(
    store: LeaseStore,
    fences: Mapping[str, int],
    run: str,
    request: Callable[[str, str, int], dict[str, Any]],
    alone: Callable[[str, str, int], bool],
) -> list[str]:
    """Update a hundred together; where one of them is not ours any more, each alone."""
    lost: list[str] = []
    for batch in _batches(list(fences)):
        if not _together(store, [request(host, run, fences[host]) for host in batch]):
            lost += [host for host in batch if not alone(host, run, fences[host])]
    return lost


def _batches(hosts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (hosts[start : start + BATCH] for start in range(0, len(hosts), BATCH))


def _together(store: LeaseStore, updates: list[dict[str, Any]]) -> bool:
    try:
        # Not guarded, as in LeaseStore.
        store.cloud.read("dynamodb", "transact_write_items", TransactItems=[{"Update": update} for update in updates])
    except ClientError as error:
        if error_code(error) != REFUSED:
            raise
        return False
    return True


def _fences(store: LeaseStore, hosts: Sequence[str]) -> dict[str, int]:
    items = read_items(store.cloud, store.table, [{"id": f"lease#{host}"} for host in hosts])
    return {str(item["id"]).partition("#")[2]: int(item["fence"]) for item in items}
