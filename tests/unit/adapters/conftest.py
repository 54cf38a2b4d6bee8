"""An empty AWS account on moto for each test of an adapter."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ansible_collections.slipway.aws.plugins.plugin_utils import clock
from tests.unit.accounts import MANY_POLICIES
from tests.unit.adapters.converging import REGION, Converge
from tests.unit.adapters.faults import Faults

#: Clients by service, region, endpoint and what else is set.
CLIENTS: dict[tuple[str | None, ...], Any] = {}


@pytest.fixture(autouse=True)
def _shared_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each client once: a test takes a dozen of them, at a tenth of a second each."""
    make = boto3.session.Session.client

    def client(session: Any, service: str, **settings: Any) -> Any:
        retries = str(getattr(settings.get("config"), "retries", ""))
        key = (service, session.region_name, os.environ.get("AWS_ENDPOINT_URL"), retries, *sorted(settings))
        if key not in CLIENTS:
            CLIENTS[key] = make(session, service, **settings)
        return CLIENTS[key]

    monkeypatch.setattr(boto3.session.Session, "client", client)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have every life lived twice: in peace, and with what a real API does now and then."""
    if metafunc.function.__name__.startswith("test_lives"):
        metafunc.parametrize("faults", [0, 1], indirect=True, ids=["quiet", "faulty"])


@pytest.fixture(autouse=True)
def faults(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let things go wrong where the parameter is a seed."""
    if seed := getattr(request, "param", 0):
        Faults(seed).install(monkeypatch)


@pytest.fixture(scope="session")
def moto_endpoint() -> Iterator[str]:
    """Return the URL of a moto server that lives as long as the tests."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(moto_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point boto3 to an empty account in which minutes take milliseconds."""
    settings = {
        "AWS_ENDPOINT_URL": moto_endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "SLIPWAY_TIME_SCALE": "5000",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for least in ("LEAST_PATIENCE", "LEAST_LOOK"):  # no process is waited for here
        monkeypatch.setattr(clock, least, 0.0)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv(MANY_POLICIES, raising=False)
    urllib.request.urlopen(urllib.request.Request(f"{moto_endpoint}/moto-api/reset", method="POST")).close()  # noqa: S310  a loopback address of our own making


@pytest.fixture(scope="session")
def local_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the environment variables of a local cloud, for types of which moto forgets too much."""
    environment = {
        **os.environ,
        "SLIPWAY_REHEARSAL_DIR": str(tmp_path_factory.mktemp("cloud")),
        "SLIPWAY_REHEARSAL_QUOTAS": json.dumps(dict.fromkeys(("vpcs", "addresses", "gateways", "balancers"), 100)),
    }
    command = partial(subprocess.run, env=environment, check=True, capture_output=True, text=True, timeout=90)
    rehearsal = [sys.executable, "-m", "rehearsal"]
    command([*rehearsal, "up", "--time-scale", "600", "--owner", str(os.getpid())])
    lines = shlex.split(command([*rehearsal, "env"]).stdout.replace(";", " "))
    told = dict(line.split("=", 1) for line in lines if "=" in line)
    yield {**told, "AWS_DEFAULT_REGION": REGION, "SLIPWAY_REHEARSAL_DIR": environment["SLIPWAY_REHEARSAL_DIR"]}
    command([*rehearsal, "down"])


@pytest.fixture
def converge(aws: None) -> Converge:
    """Return a function that converges resources in an empty account."""
    del aws
    return Converge()


@pytest.fixture
def client(aws: None) -> Callable[[str], Any]:
    """Return a function that makes a boto3 client, for changing things behind the adapters' backs."""
    del aws
    session: Any = boto3.session.Session(region_name=REGION)
    make: Callable[[str], Any] = session.client
    return make
