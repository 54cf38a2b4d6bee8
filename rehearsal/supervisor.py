"""The process that is the local cloud: it holds the control plane and starts and ends everything else."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import certifi

os.environ.setdefault("MOTO_AMIS_PATH", str(Path(__file__).with_name("no_images.json")))
os.environ.setdefault("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from rehearsal import scratch
from rehearsal.authorization.gate import Gate
from rehearsal.clock import Clock
from rehearsal.control.overlay import import_hooks
from rehearsal.control.server import Server
from rehearsal.faults import Fault
from rehearsal.world import World

#: Packages with a mover, in the order in which they start; hooks of the first stand in the control package itself.
MOVERS = (
    "databases",
    "tasks",
    "edge",
    "deployments",
    "codedeploy",
    "metrics",
    "appconfig",
    "orchestration",
    "autoscaling",
    "injection",
)


class Supervisor:
    """Starts the parts in order and ends them in reverse.

    Args:
        world: what they share.
        port: of the API, 0 for a free one.
        gate: decides about calls.
    """

    def __init__(self, world: World, port: int, gate: Gate) -> None:
        self.world = world
        self.world.gate = self.gate = gate
        self.ended = threading.Event()
        for name in ("control", "metrics"):
            import_hooks(f"rehearsal.{name}")
        self.server = Server(world, port)
        self.control = ControlSocket(self)

    def start(self) -> None:
        """Start everything; return when it can be used."""
        self._write_bundle()
        self.server.start()
        for name in MOVERS:
            package = importlib.import_module(f"rehearsal.{name}")
            import_hooks(f"rehearsal.{name}")
            mover = package.create(self.world)
            self.world.movers[mover.name] = mover
            mover.start()
        self.control.start()

    def stop(self) -> None:
        """End everything and remove what was written."""
        self.control.stop()
        for mover in reversed(self.world.movers.values()):
            with contextlib.suppress(Exception):  # one that fails to stop must not keep the others alive
                mover.stop()
        self.world.end_children()
        self.server.stop()
        scratch.remove_leftovers(self.world.state_dir)

    def _write_bundle(self) -> None:
        """Write the certificates that clients trust: the public ones and our root."""
        public = Path(certifi.where()).read_text(encoding="ascii")
        bundle = self.world.state_dir / "ca.pem"
        bundle.write_text(public + self.world.authority.root_pem, encoding="ascii")

    def environment(self) -> dict[str, str]:
        """Return the variables a client of this cloud sets."""
        bundle = str(self.world.state_dir / "ca.pem")
        proxy = self.world.store.get("edge.proxy", "")
        proxies = {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "NO_PROXY": "127.0.0.1,localhost"} if proxy else {}
        return {
            "AWS_ENDPOINT_URL": self.world.endpoint,
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "SSL_CERT_FILE": bundle,
            "REQUESTS_CA_BUNDLE": bundle,
            "CURL_CA_BUNDLE": bundle,
            "SLIPWAY_TIME_SCALE": f"{self.world.clock.scale:g}",
            **proxies,
            **{name.lower(): value for name, value in proxies.items()},
        }

    def status(self) -> dict[str, Any]:
        """Return what ``rehearsal status`` shows."""
        rows = {name: mover.status() for name, mover in self.world.movers.items()}
        return {
            "pid": os.getpid(),
            "endpoint": self.world.endpoint,
            "time_scale": self.world.clock.scale,
            "environment": self.environment(),
            "faults": self.world.faults.as_dict(),
            "now": self.world.clock.now(),
            **rows,
        }


class ControlSocket:
    """Orders for the running cloud, one JSON document a connection, over a unix socket.

    Args:
        supervisor: who carries them out.
    """

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        # A unix socket's path is short; the state directory's may not be.
        self._directory = supervisor.world.scratch("rehearsal-")
        self.path = self._directory / "control"
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin to listen; from here on orders wait in line."""
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(self.path))
        server.listen()
        threading.Thread(target=self._serve, args=[server], name="control", daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        self._stop.set()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _serve(self, server: socket.socket) -> None:
        with server:
            server.settimeout(0.5)
            while not self._stop.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = server.accept()
                    self._answer(connection)

    def _answer(self, connection: Any) -> None:
        with connection, connection.makefile("rwb") as stream:
            order = json.loads(stream.readline())
            try:
                answer = {"ok": self._carry_out(order)}
            except Exception as error:  # noqa: BLE001  whatever it was, the one who asked must hear of it
                answer = {"error": f"{type(error).__name__}: {error}"}
            stream.write(json.dumps(answer, default=str).encode() + b"\n")

    def _carry_out(self, order: dict[str, Any]) -> Any:
        name, world = order.pop("order"), self.supervisor.world
        if name == "status":
            return self.supervisor.status()
        if name == "down":
            self.supervisor.ended.set()
            return None
        if name == "fault":
            return world.faults.add(Fault(**order))
        if name == "clear":
            return world.faults.clear()
        part, _, method = name.partition(".")
        carrier = {"gate": self.supervisor.gate, "recording": world.recording}.get(part) or world.movers[part]
        return getattr(carrier, f"order_{method}")(**order)


def _end_with(owner: int, ended: threading.Event) -> None:
    """Set ``ended`` when the owning process is gone."""

    def watch() -> None:
        with contextlib.suppress(ProcessLookupError):
            select.select([os.pidfd_open(owner)], [], [])
        ended.set()

    threading.Thread(target=watch, name="owner", daemon=True).start()


def main() -> None:
    """Run the local cloud until it is told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--time-scale", type=float, default=1.0)
    parser.add_argument("--owner", type=int)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--open-databases", action="store_true")
    parser.add_argument("--policy", type=Path, action="append")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    run_dir = options.state_dir / "run"
    scratch.remove_leftovers(options.state_dir)
    run_dir.mkdir(parents=True)
    world = World(options.state_dir, Clock(options.time_scale))
    world.store["databases.open"] = options.open_databases
    supervisor = Supervisor(world, options.port, Gate(world, options.policy, record=options.record))

    def end(_number: int, _frame: FrameType | None) -> None:
        supervisor.ended.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    if options.owner:
        _end_with(options.owner, supervisor.ended)
    try:
        supervisor.start()
        ready = {"pid": os.getpid(), "socket": str(supervisor.control.path), "endpoint": supervisor.world.endpoint}
        (run_dir / "ready.new").write_text(json.dumps(ready), encoding="ascii")
        (run_dir / "ready.new").rename(run_dir / "ready.json")
        supervisor.ended.wait()
    finally:
        supervisor.stop()
        sys.stdout.flush()


if __name__ == "__main__":
    main()
