"""Keeps one PostgreSQL server running for each RDS instance of the control plane."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from rehearsal.databases.archive import Archive, Origin
from rehearsal.databases.binaries import force_ssl, major_for
from rehearsal.databases.peers import Ends, process_of
from rehearsal.databases.proxy import Front, Proxy
from rehearsal.databases.server import Server
from rehearsal.loop import Loop
from rehearsal.world import World

LOG = logging.getLogger(__name__)
#: Virtual seconds that AWS takes, at least, to create, change and delete an instance, and to take a snapshot.
CREATION, CHANGE, DELETION, SNAPSHOT = 300.0, 60.0, 120.0, 60.0
#: Virtual seconds that AWS takes to stop and to start an instance, and after which it starts a stopped one by itself.
STOPPING, STARTING, LONGEST_STOP = 120.0, 180.0, 7 * 24 * 3600.0
#: Virtual seconds in which the storage of a restored instance, which serves, is filled from S3.
INITIALIZATION = 6 * 3600.0
TICK = 1.0
SHORTEST_TICK = 0.2
Key = tuple[str, str]


@dataclass
class Running:
    """A server and the instance it belongs to."""

    server: Server
    address: str
    port: int
    password: str | None
    ready_at: float
    pending_reboot: bool = False


class DatabaseMover:
    """RDS made real.

    Args:
        world: the local cloud.
    """

    name = "databases"

    def __init__(self, world: World) -> None:
        self.world = world
        self.proxy = Proxy()
        self.running: dict[Key, Running] = {}
        self.failed: dict[Key, str] = {}
        #: Automated backups, also of instances that are gone.
        self.archives: list[Archive] = []
        self.busy: dict[Key, tuple[str, float]] = {}
        #: Instances that are stopped, and since when.
        self.stopped: dict[Key, float] = {}
        self.snapshots = world.state_dir / "run" / "snapshots"
        self._loop = Loop("databases", self._reconcile, lambda: max(SHORTEST_TICK, world.clock.real(TICK)))

    def start(self) -> None:
        """Begin to act."""
        self._loop.start()

    def changed(self, service: str, operation: str) -> None:
        """Wake up for what concerns databases."""
        del operation
        if service in {"rds", "secretsmanager"}:
            self._loop.wake()

    def stop(self) -> None:
        """End all servers."""
        self._loop.stop(within=10)
        for key in list(self.running):
            self._remove(key)

    def status(self) -> list[dict[str, Any]]:
        """Return a row an instance."""
        rows = [self._row(key, one) for key, one in list(self.running.items())]
        return [*rows, *({"instance": key[1], "region": key[0], "failed": text} for key, text in self.failed.items())]

    def _row(self, key: Key, one: Running) -> dict[str, Any]:
        instance = self.world.backend("rds", key[0]).databases.get(key[1])
        return {
            "instance": key[1],
            "region": key[0],
            "address": f"{one.address}:{one.port}",
            "engine_version": instance.engine_version if instance else "",
            "runs_on": f"PostgreSQL {one.server.major}",
            "alive": one.server.alive,
        }

    def _reconcile(self) -> None:
        self._finish_deletions()
        self._start_after_a_week()
        wanted = self._instances()
        for key in set(self.running) - set(wanted):
            self._remove(key)
            self.stopped.pop(key, None)
        for key in set(self.failed) - set(wanted):
            del self.failed[key]
        for key, instance in wanted.items():
            if key in self.stopped:
                continue
            if key in self.running:
                self._follow(key, instance)
            elif key not in self.failed:
                self._try_to_create(key, instance)

    def _follow(self, key: Key, instance: Any) -> None:
        """Bring a server up to what its instance says; what fails will do the next time, and hinders no other."""
        try:
            self._follow_password(key, instance)
            self._follow_backups(key, instance)
        except psycopg.OperationalError:
            LOG.info("database %s is down", key[1])
        except Exception:
            LOG.exception("database %s", key[1])

    def _try_to_create(self, key: Key, instance: Any) -> None:
        try:
            self._create(key, instance)
        except Exception as error:
            LOG.exception("database %s", key[1])
            self.failed[key] = str(error)

    def _finish_deletions(self) -> None:
        for key, (status, until) in list(self.busy.items()):
            if self.world.clock.now() >= until:
                del self.busy[key]
                if status == "deleting":
                    self.world.backend("rds", key[0]).databases.pop(key[1], None)

    def _start_after_a_week(self) -> None:
        """Start what was stopped for as long as RDS lets it."""
        for key, since in list(self.stopped.items()):
            if self.world.clock.now() >= since + LONGEST_STOP and key not in self.busy:
                self.start_again(key)

    def _instances(self) -> dict[Key, Any]:
        return {
            (region, name): instance
            for region in self.world.kept("rds.regions")
            for name, instance in list(self.world.backend("rds", region).databases.items())
            if instance.engine == "postgres" and self.busy.get((region, name), ("", 0))[0] != "deleting"
        }

    def _create(self, key: Key, instance: Any) -> None:
        server = Server(self.world, major_for(instance.engine_version))
        try:
            self._start(key, instance, server)
        except Exception:
            server.remove()
            raise

    def _start(self, key: Key, instance: Any, server: Server) -> None:
        origin: Origin | None = self.world.kept("rds.restored").get(key)
        server.initialise(origin.copy if origin else None)
        if origin and origin.log:
            server.recover(origin.log, origin.until)
        server.start(self.parameters(key))
        password = self.password(key, instance)
        if not origin:
            server.create_master(instance.master_username, password or "", instance.db_name)
        address, port = self.address(key), int(instance.port)
        ready_at = self.world.kept("rds.created").get(key, 0) + CREATION
        one = Running(server, address, port, password, ready_at)
        self._open(key, one)
        self.running[key] = one  # shown as available from here on, so it takes connections before

    def _open(self, key: Key, one: Running) -> None:
        front = Front(
            one.address,
            one.port,
            one.server.socket,
            self.world.authority.issue([one.address, f"{key[1]}.{key[0]}.rds.amazonaws.com"]),
            force_ssl=lambda: self.parameters(key).get("rds.force_ssl", "0") == "1",
            admits=lambda ends: self.admits(key, ends),
            verifier=one.server.verifier,
        )
        self.proxy.open(front)

    def _remove(self, key: Key) -> None:
        one = self.running.pop(key)
        self.proxy.close(one.address, one.port)
        one.server.remove()

    def _follow_password(self, key: Key, instance: Any) -> None:
        password, one = self.password(key, instance), self.running[key]
        if password is not None and password != one.password:
            one.server.set_password(instance.master_username, password)
            one.password = password

    def _follow_backups(self, key: Key, instance: Any) -> None:
        archive, server = self.archive(key), self.running[key].server
        if archive is None and instance.backup_retention_period:
            archive = Archive(self.world, key[0], instance)
            self.archives.append(archive)
        if archive and not archive.days:
            self.forget_backups(archive)
            archive = None
        log = archive.log if archive else None
        if server.archive != log:
            server.archive = log
            server.reload(self.parameters(key))
        if archive:
            archive.follow(server)

    # What the API hooks ask and order

    def archive(self, key: Key) -> Archive | None:
        """Return the automated backups of an instance that is there."""
        found = [one for one in self.archives if not one.retained and one.region == key[0]]
        return next((one for one in found if one.instance.db_instance_identifier == key[1]), None)

    def forget_backups(self, archive: Archive, *, with_data: bool = True) -> None:
        """Remove automated backups."""
        self.archives.remove(archive)
        if with_data:
            archive.remove()

    def address(self, key: Key) -> str:
        """Return the loopback address of an instance."""
        return self.world.address(f"rds/{key[0]}/{key[1]}")

    def available(self, key: Key) -> bool:
        """Say whether an instance can be used by now."""
        one = self.running.get(key)
        return one is not None and key not in self.stopped and self.world.clock.now() >= one.ready_at

    def status_of(self, key: Key) -> str:
        """Return the status of an instance that RDS shows."""
        if key in self.failed:
            return "incompatible-parameters"
        if key in self.busy:
            return self.busy[key][0]
        if key in self.stopped:
            return "stopped"
        if not self.available(key):
            return "creating"
        return "storage-initialization" if self._fills(key) else "available"

    def _fills(self, key: Key) -> bool:
        filled_at = self.running[key].ready_at + INITIALIZATION
        return key in self.world.kept("rds.restored") and self.world.clock.now() < filled_at

    def occupy(self, key: Key, status: str, seconds: float) -> None:
        """Show a status for some virtual seconds."""
        self.busy[key] = (status, self.world.clock.now() + seconds)
        self._loop.wake()

    def try_again(self, key: Key) -> None:
        """Start a server that could not start, once more."""
        self.failed.pop(key, None)
        self._loop.wake()

    def order_down(self, target: str) -> None:
        """Let the server of an instance crash and stay down."""
        self._one(target).server.crash()

    def order_up(self, target: str) -> None:
        """Start a server that crashed; it recovers from its log."""
        one = self._one(target)
        key = next(key for key, other in self.running.items() if other is one)
        one.server.start(self.parameters(key))

    def _one(self, target: str) -> Running:
        found = [one for (_, name), one in self.running.items() if name == target]
        if not found:
            raise ValueError(f"there is no database {target!r}; there are: {', '.join(n for _, n in self.running)}")
        return found[0]

    def parameters(self, key: Key) -> dict[str, str]:
        """Return the values of the instance's parameter group, with RDS's default for ``rds.force_ssl``."""
        backend = self.world.backend("rds", key[0])
        instance = backend.databases[key[1]]
        default = force_ssl(str(instance.engine_version))
        group = backend.db_parameter_groups.get(instance.db_parameter_group_name or "")
        values = {name: str(entry["ParameterValue"]) for name, entry in (group.parameters if group else {}).items()}
        return {"rds.force_ssl": default, **values}

    def reload(self, key: Key) -> None:
        """Take over changed parameters."""
        one = self.running.get(key)
        if one:
            one.pending_reboot = one.server.reload(self.parameters(key))

    def reboot(self, key: Key) -> None:
        """Restart the server."""
        one = self.running[key]
        with self._occupied(key, "rebooting", CHANGE):
            one.server.stop()
            one.server.start(self.parameters(key))
            one.pending_reboot = False

    def stop_instance(self, key: Key) -> None:
        """Stop the server, with its data where they are."""
        with self._occupied(key, "stopping", STOPPING):
            self.stopped[key] = self.world.clock.now()
            self.running[key].server.stop()

    def start_again(self, key: Key) -> None:
        """Start a server that was stopped."""
        with self._occupied(key, "starting", STARTING):
            self.running[key].server.start(self.parameters(key))
            self.running[key].pending_reboot = False
            del self.stopped[key]

    @contextmanager
    def _occupied(self, key: Key, status: str, seconds: float) -> Iterator[None]:
        """Show a status while something is done, and for some virtual seconds afterwards."""
        self.occupy(key, status, LONGEST_STOP)
        try:
            yield
        finally:
            self.occupy(key, status, seconds)

    def back_up(self, key: Key, snapshot: str) -> None:
        """Keep a copy of the data under the snapshot's name."""
        target = self.snapshots / snapshot
        shutil.rmtree(target, ignore_errors=True)
        self.running[key].server.back_up(target)

    def password(self, key: Key, instance: Any) -> str | None:
        """Return the master password: the managed secret's or the one that was given; ``None`` keeps the data's."""
        secret = getattr(instance, "master_user_secret", None)
        if not secret:
            return self.world.kept("rds.passwords").get(key)
        arn = secret["secret_arn"] if isinstance(secret, dict) else secret.secret_arn
        stored = self.world.backend("secretsmanager", key[0]).get_secret_value(arn, None, None)
        return str(json.loads(stored["SecretString"])["password"])

    def admits(self, key: Key, ends: Ends) -> bool:
        """Say whether a security group of the instance lets the process at the other end of a connection in.

        Only tasks are inside of the VPC; any other process of this machine is outside of the private subnets, unless
        the cloud was started with open databases.
        """
        if self.world.store.get("databases.open"):
            return True
        tasks: Any = self.world.movers.get("tasks")
        if tasks is None:
            return False
        pid = process_of(ends, tasks.pids())
        return pid is not None and self._groups_admit(key, tasks.security_groups(pid))

    def _groups_admit(self, key: Key, sources: set[str]) -> bool:
        instance = self.world.backend("rds", key[0]).databases[key[1]]
        ec2 = self.world.backend("ec2", key[0])
        for group_id in instance.vpc_security_group_ids:
            for rule in ec2.get_security_group_from_id(group_id).ingress_rules:
                inside = rule.ip_protocol == "-1" or int(rule.from_port) <= int(instance.port) <= int(rule.to_port)
                if inside and rule.source_group.get("GroupId") in sources:
                    return True
        return False
