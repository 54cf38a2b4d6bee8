"""Which process is at the other end of a local connection."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

#: A connection's address and port at this end and at the other.
Ends = tuple[tuple[str, int], tuple[str, int]]


def process_of(ends: Ends, candidates: Iterable[int]) -> int | None:
    """Return the process among ``candidates`` that holds the socket with these ends, seen from its side.

    A port alone does not tell: connections to different addresses may share one, and closed ones linger.
    """
    inode = _inode(*map(_hexadecimal, ends))
    if inode is None:
        return None
    wanted = f"socket:[{inode}]"
    return next((pid for pid in candidates if wanted in _links(pid)), None)


def _hexadecimal(end: tuple[str, int]) -> str:
    """Return an address and port as /proc/net/tcp has them: the address in the machine's byte order."""
    address, port = end
    (number,) = struct.unpack("=I", socket.inet_aton(address))
    return f"{number:08X}:{port:04X}"


def _inode(local: str, remote: str) -> str | None:
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1:3] == [local, remote]:
            return fields[9]
    return None


def _links(pid: int) -> set[str]:
    found: set[str] = set()
    with contextlib.suppress(OSError):  # the process has ended
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):  # closed since it was listed
                found.add(str(entry.readlink()))
    return found
