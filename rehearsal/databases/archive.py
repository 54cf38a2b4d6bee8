"""Automated backups: copies of a server's data, and its log since the first of them."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import sql

from rehearsal.databases.binaries import own
from rehearsal.databases.server import Server
from rehearsal.world import World

LOG = logging.getLogger(__name__)
#: Virtual seconds between two uploads of the log, and real ones at least.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
UPLOAD_EVERY, UPLOAD_EVERY_REAL = 300.0, 1.0
DAY = 86400.0


@dataclass(frozen=True)
class Copy:
    """A copy of the data; ``since`` is the first moment (virtual) to which the log leads from it."""

    path: Path
    since: float


@dataclass(frozen=True)
class Origin:
    """What a restored server starts with: a copy, and where a log leads to (real seconds since 1970)."""

    copy: Path
    log: Path | None = None
    until: float = 0.0


class Archive:
    """The automated backups of one instance.

    Args:
        world: the local cloud.
        region: of the instance.
        instance: as moto has it.
    """

    def __init__(self, world: World, region: str, instance: Any) -> None:
        self.world, self.region, self.instance = world, region, instance
        self.retained = False
        # Outside of the state directory: the server's user must get there.
        self.home = world.scratch("rehearsal-backup-")
        self.home.chmod(0o711)
        self.log = self.home / "log"
        self.log.mkdir()
        own(self.log)
        self.copies: list[Copy] = []
        #: To which virtual moment one can restore; ``None`` before the first upload.
        self.latest: float | None = None
        self._asked: tuple[str, float] | None = None
        self._asked_at = 0.0

    @property
    def days(self) -> int:
        """Days that backups are kept, 0 for none."""
        return int(self.instance.backup_retention_period or 0)

    @property
    def earliest(self) -> float | None:
        """The first virtual moment to which one can restore."""
        window = self.world.clock.now() - self.days * DAY
        return max(self.copies[0].since, window) if self.copies else None

    def follow(self, server: Server) -> None:
        """Take what is due: a first and a daily copy, and the log every five minutes."""
        now = self.world.clock.now()
        if not self.copies or now - self.copies[-1].since >= DAY:
            self._copy(server)
            self._expire()
        if self._asked and (self.log / self._asked[0]).exists():
            self.latest, self._asked = self._asked[1], None
        pause = max(UPLOAD_EVERY, UPLOAD_EVERY_REAL * self.world.clock.scale)
        if not self._asked and (self.latest is None or now - self._asked_at >= pause):
            self._ask(server)

    def _copy(self, server: Server) -> None:
        path = self.home / f"copy-{len(self.copies)}-{self.world.clock.now():.0f}"
        server.back_up(path)
        self.copies.append(Copy(path, self.world.clock.now()))

    def _ask(self, server: Server) -> None:
        """Have the server archive its log up to now, behind a commit: a replay stops at the first one past its goal."""
        self._asked_at = self.world.clock.now()
        server.execute(sql.SQL("SELECT pg_current_xact_id()"))
        rows = server.execute(sql.SQL("SELECT pg_walfile_name(pg_switch_wal())"))
        self._asked = (str(rows[0][0]), self._asked_at)

    def _expire(self) -> None:
        """Remove copies that no moment of the retention period needs, and the log before the first that stays."""
        window = self.world.clock.now() - self.days * DAY
        while len(self.copies) > 1 and self.copies[1].since <= window:
            shutil.rmtree(self.copies.pop(0).path, ignore_errors=True)
            needed_from = self.copies[0].path.stat().st_mtime - UPLOAD_EVERY
            for segment in self.log.iterdir():
                if segment.stat().st_mtime < needed_from:
                    segment.unlink()

    def origin(self, moment: float) -> Origin:
        """Return what a server starts with that is to be as this one was at a virtual moment."""
        copy = [one for one in self.copies if one.since <= moment][-1]
        return Origin(copy.path, self.log, self.world.clock.real_time(moment))

    def remove(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.home, ignore_errors=True)
