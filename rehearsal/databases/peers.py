"""Which process is at the other end of a local connection."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def process_of(port: int, candidates: Iterable[int]) -> int | None:
    """Return the process among ``candidates`` that holds the socket bound to local ``port``."""
    inode = _inode(port)
    if inode is None:
        return None
    wanted = f"socket:[{inode}]"
    return next((pid for pid in candidates if wanted in _links(pid)), None)


def _inode(port: int) -> str | None:
    suffix = f":{port:04X}"
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(suffix):
            return fields[9]
    return None


def _links(pid: int) -> set[str]:
    directory = f"/proc/{pid}/fd"
    try:
        return {os.readlink(f"{directory}/{name}") for name in os.listdir(directory)}  # noqa: PTH208, PTH115  in one sweep
    except OSError:
        return set()
