"""Waits for the dead man's switch, which holds a lease only while it puts traffic back."""

from __future__ import annotations

import time

from ansible.utils.display import Display

from .lease_store import Holder, LeaseHeldError, LeaseStore

#: Real seconds between two tries.
PAUSE = 0.5


def acquire_after_switch(store: LeaseStore, host: str, holder: Holder, **how: bool) -> int:
    """Take a lease as soon as the switch has given it back, and return its fencing number.

    Args:
        store: the lease table; we wait for as long as one of its leases lasts.
        host: whose lease.
        holder: we.
        how: ``takeover`` and ``waiting``, as :meth:`LeaseStore.acquire` takes them.

    Raises:
        LeaseHeldError: the switch still holds it, or somebody else was faster.
    """
    Display().display(f"{host}: waiting for the dead man's switch, which is putting traffic back")
    deadline = time.monotonic() + store.seconds
    while True:
        time.sleep(PAUSE)
        try:
            return store.acquire(host, holder, **how)
        except LeaseHeldError as error:
            if not error.by_switch or time.monotonic() >= deadline:
                raise
