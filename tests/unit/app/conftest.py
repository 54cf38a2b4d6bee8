"""A real PostgreSQL behind TLS, and the reference service as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rehearsal.clock import Clock
from rehearsal.databases.proxy import Front, Proxy
from rehearsal.databases.server import Server
from rehearsal.world import World

ROOT = Path(__file__).parents[3]
STARTS_WITHIN = 15.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the variables that lead to an empty database."""
    world = World(tmp_path_factory.mktemp("world"), Clock())
    server, proxy, port = Server(world, 18), Proxy(), free_port()
    server.initialise()
    server.start({})
    server.create_master("notes", "it's a \\secret", "notes")
    certificate = world.authority.issue(["127.0.0.1"])
    proxy.open(Front("127.0.0.1", port, server.socket, certificate, lambda: True, lambda _port: True))
    root = world.state_dir / "root.pem"
    root.write_text(world.authority.root_pem, encoding="ascii")
    yield {
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(port),
        "DATABASE_NAME": "notes",
        "DATABASE_USER": "notes",
        "DATABASE_PASSWORD": "it's a \\secret",
        "DATABASE_SSL_ROOT_CERT": str(root),
    }
    proxy.close("127.0.0.1", port)
    server.remove()
    world.end_children()


@dataclass
class Service:
    """A running service and how to talk to it."""

    process: subprocess.Popen[str]
    port: int

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Return status and body of an answer."""
        url = f"http://127.0.0.1:{self.port}{path}"
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, body, names, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def headers(self, path: str, **headers: str) -> dict[str, str]:
        """Return the headers of an answer, by their names in lower case."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        with urllib.request.urlopen(
            urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", None, names)
        ) as answer:
            return {name.lower(): value for name, value in answer.headers.items()}

    def get(self, path: str) -> tuple[int, str]:
        return self.request("GET", path)

    def until(self, path: str, status: int) -> None:
        """Wait for a status."""
        deadline = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                if self.get(path)[0] == status:
                    return
            except OSError:
                pass
            assert time.monotonic() < deadline, f"{path} did not answer {status} in time"
            time.sleep(0.02)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal and return exit code and output."""
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=20)
        return self.process.returncode, output


Start = Callable[..., Service]


def run(module: str, variables: dict[str, str]) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **variables}
    return subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.fixture
def start(database: dict[str, str]) -> Iterator[Start]:
    """Return a function that starts the service, with variables over those of the database."""
    begun: list[Service] = []

    def begin(**variables: str) -> Service:
        port = free_port()
        settings = {"HOST": "127.0.0.1", "PORT": str(port), "APP_VERSION": "1.2.3", "DRAIN_SECONDS": "0.5"}
        service = Service(run("app", {**database, **settings, **variables}), port)
        begun.append(service)
        service.until("/healthz", 200)
        return service

    yield begin
    for service in begun:
        if service.process.poll() is None:
            service.process.kill()
            service.process.communicate()


@pytest.fixture(scope="session")
def migrated(database: dict[str, str]) -> None:
    """Bring the schema up to date."""
    process = run("app.migrate", database)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
