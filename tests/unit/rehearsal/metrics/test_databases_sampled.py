import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from rehearsal.clock import Clock
from rehearsal.metrics.collecting_databases import GIB, Credits, Databases, memory_of
from rehearsal.metrics.embedded import take
from rehearsal.metrics.kept import metrics
from rehearsal.metrics.store import Metric, Span

KEY = ("eu-central-1", "main")
BUSY = "import os\nif os.fork() == 0:\n    while True: pass\nwhile True: pass"


@pytest.fixture
def process():
    found = subprocess.Popen([sys.executable, "-c", BUSY], start_new_session=True)
    yield found
    os.killpg(found.pid, 9)
    found.wait()


@pytest.fixture
def databases(process, tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 1000)
    instance = SimpleNamespace(db_instance_class="db.t4g.micro", allocated_storage=20)
    backend = SimpleNamespace(databases={"main": instance})
    world = SimpleNamespace(clock=Clock(600.0), backend=lambda _service, _region: backend)
    server = SimpleNamespace(process=process, data=tmp_path, alive=True)
    mover = SimpleNamespace(running={KEY: SimpleNamespace(server=server)}, available=lambda _key: True)
    return Databases(world, mover)


def values(databases):
    return {metric.name: value for metric, value, _ in databases.samples()}


def test_what_rds_tells_of_an_instance(databases):
    values(databases)
    time.sleep(0.3)
    found = values(databases)
    assert 0 < found["CPUUtilization"] <= 100
    assert found["FreeStorageSpace"] == 20 * GIB - 1000
    assert 0 < found["FreeableMemory"] < GIB
    assert found["DatabaseConnections"] == 0


def test_credits_are_borrowed_when_busy_and_earned_when_idle():
    account = Credits("db.t4g.micro", 0)
    account.spend(50, 3600)
    assert account.balance == pytest.approx(12 - 60)
    account.spend(0, 2 * 3600)
    assert account.balance == pytest.approx(24 - 60)
    account.spend(100, 100 * 3600)
    assert account.balance == -288


def test_only_classes_that_live_on_credits_tell_of_them(databases):
    assert values(databases)["CPUSurplusCreditBalance"] >= 0
    databases.world.backend("rds", "").databases["main"].db_instance_class = "db.m7g.large"
    assert "CPUSurplusCreditBalance" not in values(databases)


def test_a_database_that_is_down_tells_nothing(databases):
    databases.mover.running[KEY].server.alive = False
    assert values(databases) == {}


@pytest.mark.parametrize(
    ("name", "gib"), [("db.t4g.micro", 1), ("db.m6g.large", 8), ("db.r6g.large", 16), ("db.m6g.2xlarge", 32)]
)
def test_memory_of_instance_classes(name, gib):
    assert memory_of(name) == gib * GIB


def test_a_line_of_a_task_that_carries_a_metric(cloud):
    at = cloud.world.clock.now()
    text = (
        '{"_aws": {"Timestamp": %d, "CloudWatchMetrics": [{"Namespace": "App", "Metrics": [{"Name": "n"}]}]}, "n": 3}'
    )
    take(cloud.world, "eu-central-1", text % (at * 1000))
    span = Span(int(at) - 60, int(at) + 60, 120, at + 60)
    found = metrics(cloud.world).periods(Metric("eu-central-1", "App", "n"), span)
    assert [data.total for data in found.values()] == [3]
