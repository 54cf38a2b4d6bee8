"""One PostgreSQL server behind one RDS instance."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from rehearsal.databases.binaries import known_parameters, own, program, run_as
from rehearsal.world import World, end_group

#: RDS's own superuser; the customer's master user is none.
SUPERUSER = "rdsadmin"
READY_WITHIN = 30.0
_HBA = f"local all {SUPERUSER} trust\nlocal replication {SUPERUSER} trust\nlocal all all scram-sha-256\n"
#: Roles that RDS has and PostgreSQL has not.
RDS_ROLES = ("rds_superuser", "rds_iam", "rds_password", "rds_replication")


class Server:
    """A server with its data.

    Args:
        world: spawns it.
        major: PostgreSQL's major version, an installed one.
    """

    def __init__(self, world: World, major: int) -> None:
        self.world = world
        self.major = major
        # Outside of the state directory: a unix socket's path is short, and the unprivileged user must get there.
        self.home = world.scratch("rehearsal-pg-")
        self.home.chmod(0o711)
        self.data = self.home / "data"
        self.sockets = self.home / "s"
        #: Where the log goes; ``None`` keeps none.
        self.archive: Path | None = None
        self._recovery: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def _run(self, name: str, *arguments: str) -> None:
        command = [program(self.major, name, self.home), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, user=run_as(), cwd="/")
        if done.returncode:
            raise RuntimeError(f"{name} failed with {done.returncode}: {done.stderr or done.stdout}")

    def initialise(self, copy_of: Path | None = None) -> None:
        """Make an empty cluster, or one with the data of a snapshot."""
        self.sockets.mkdir()
        if copy_of:
            shutil.copytree(copy_of, self.data)
        else:
            self.data.mkdir(mode=0o700)
        self.data.chmod(0o700)
        own(self.data)
        own(self.sockets)
        if not copy_of:
            options = ("-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync")
            # The log is archived in whole segments, of so many MiB.
            self._run("initdb", "-D", str(self.data), "--wal-segsize=1", *options)
        (self.data / "pg_hba.conf").write_text(_HBA, encoding="ascii")

    def recover(self, log: Path, until: float) -> None:
        """Have the first start replay an archived log up to a point in time, in real seconds since 1970."""
        self._recovery = {
            "restore_command": f'cp "{log}/%f" "%p"',
            "recovery_target_time": datetime.fromtimestamp(until, UTC).isoformat(sep=" "),
            "recovery_target_action": "promote",
            "recovery_target_timeline": "current",
            "hot_standby": "off",  # nobody gets in before it has arrived
        }
        (self.data / "recovery.signal").touch()
        own(self.data)

    def start(self, parameters: Mapping[str, str]) -> None:
        """Start and wait until it answers."""
        self.configure(parameters)
        log = (self.home / "server.log").open("ab")
        command = [program(self.major, "postgres", self.home), "-D", str(self.data), "-k", str(self.sockets)]
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        self._process = self.world.spawn(command, env=environment, stdout=log, cwd="/", user=run_as())
        log.close()
        deadline = time.monotonic() + READY_WITHIN
        while True:
            try:
                self.execute(sql.SQL("SELECT 1"))
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError(f"the server did not start: {self._end_of_log()}") from error
                time.sleep(0.05)
            else:
                self._recovery = {}
                return

    def _end_of_log(self) -> str:
        return " ".join((self.home / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()[-3:])

    def configure(self, parameters: Mapping[str, str]) -> None:
        """Write the settings of a parameter group, and those that this machine dictates."""
        known = known_parameters(program(self.major, "postgres", self.home))
        settings = {name: value for name, value in parameters.items() if name in known and "{" not in value}
        settings |= {
            "listen_addresses": "",
            "unix_socket_permissions": "0777",
            "fsync": "off",
            "shared_buffers": "16MB",
            "archive_mode": "on",
            "archive_command": self._archive_command(),
            **self._recovery,
        }
        settings.pop("shared_preload_libraries", None)  # the wheel carries no extension library that must be preloaded
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in sorted(settings.items())]
        (self.data / "postgresql.auto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _archive_command(self) -> str:
        if self.archive is None:
            return "true"
        target = f"{self.archive}/%f"
        return f'cp "%p" "{target}.new" && mv "{target}.new" "{target}"'

    def reload(self, parameters: Mapping[str, str]) -> bool:
        """Take over changed settings; return whether some wait for a restart."""
        self.configure(parameters)
        self.execute(sql.SQL("SELECT pg_reload_conf()"))
        time.sleep(0.1)  # the postmaster reads the file when it gets the signal
        rows = self.execute(sql.SQL("SELECT count(*) FROM pg_settings WHERE pending_restart"))
        return bool(rows[0][0])

    def execute(self, statement: sql.SQL | sql.Composed, database: str = "postgres") -> list[Any]:
        """Run one statement as RDS's own superuser and return its rows."""
        where = f"host={self.sockets} dbname={database} user={SUPERUSER} connect_timeout=5"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def create_master(self, user: str, password: str, database: str | None) -> None:
        """Make RDS's roles, the master user, which is no superuser, and the first database."""
        for role in RDS_ROLES:
            self.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        name = sql.Identifier(user)
        self.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE").format(name))
        self.execute(sql.SQL("GRANT rds_superuser, pg_monitor, pg_signal_backend TO {} WITH ADMIN OPTION").format(name))
        self.set_password(user, password)
        if database:
            self.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), name))

    def set_password(self, user: str, password: str) -> None:
        """Set a role's password."""
        self.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), sql.Literal(password)))

    def verifier(self, role: str) -> str | None:
        """Return what the server keeps of a role's password."""
        query = sql.SQL("SELECT rolpassword FROM pg_authid WHERE rolname = {}").format(sql.Literal(role))
        return next((one for (one,) in self.execute(query)), None)

    def back_up(self, target: Path) -> None:
        """Copy the running server's data, with the log that makes it consistent."""
        scratch = Path(tempfile.mkdtemp(prefix="backup-", dir=self.home))
        own(scratch)
        where = ("-h", str(self.sockets), "-U", SUPERUSER)
        self._run("pg_basebackup", *where, "-D", str(scratch), "-X", "stream", "-c", "fast", "--no-sync")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(scratch, target)

    def stop(self) -> None:
        """End the server, letting transactions go."""
        if self._process and self._process.poll() is None:
            end_group(self._process, signal.SIGINT)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                end_group(self._process, signal.SIGKILL)
                self._process.wait()

    def crash(self) -> None:
        """Kill the server and its sessions; return when they are gone, for its lock file names the dead otherwise."""
        sessions = psutil.Process(self.process.pid).children(recursive=True)  # each leads a process group of its own
        self.process.kill()
        for session in sessions:
            with contextlib.suppress(psutil.NoSuchProcess):
                session.kill()
        self.process.wait()
        psutil.wait_procs(sessions, timeout=5)

    def remove(self) -> None:
        """End the server and remove its data."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def socket(self) -> str:
        """Path of the unix socket it listens on."""
        return str(self.sockets / ".s.PGSQL.5432")

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The postmaster.

        Raises:
            RuntimeError: it was not started.
        """
        if self._process is None:
            raise RuntimeError("the server was not started")
        return self._process

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None
