"""A fleet, whatever it is: a host that fails does not hide or stop another, and the next run finishes what is left."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.engine import Engine
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import Outcome
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import parse
from ansible_collections.slipway.aws.plugins.plugin_utils.results import fleet_result
from tests.unit.engine.fake import FakeCloud, entry

HOSTS = st.lists(st.sampled_from(["api", "job", "mail", "shop", "web"]), min_size=1, unique=True)
#: What each host has, by the same names; the second needs the first, the third the second.
ENTRIES = [entry("one", Size=1), entry("two", Peer="${thing.one.Id}"), entry("three", Peer="${thing.two.Id}")]


def _run(cloud: FakeCloud, hosts: list[str]) -> list[Outcome]:
    engine = Engine(cloud, Outputs(cloud, "/slipway/test"), check=False, progress=lambda _: None)
    return engine.run([parse(item, {"service": host}, host) for host in hosts for item in ENTRIES])


@settings(deadline=None)
@given(hosts=HOSTS, data=st.data())
def test_failing_hosts_are_named_and_the_others_are_whole(hosts: list[str], data: st.DataObject) -> None:
    cloud = FakeCloud()
    failing = data.draw(st.dictionaries(st.sampled_from(hosts), st.sampled_from(["one", "two", "three"])))
    cloud.refuses = {f"{host}/{name}" for host, name in failing.items()}
    result = fleet_result(_run(cloud, hosts), cloud)
    assert set(result["failures"]) == set(failing)
    whole = {f"{host}/{name}" for host in hosts if host not in failing for name in ("one", "two", "three")}
    assert whole <= set(cloud.things)
    assert all(f"thing.{host}/{failing[host]}" in reason for host, reason in result["failures"].items())
    cloud.refuses = set()
    assert set(fleet_result(_run(cloud, hosts), cloud)["hosts"]) == set(failing)
    again = fleet_result(_run(cloud, hosts), cloud)
    assert (again["changed"], again["hosts"], again["failures"]) == (False, {}, {})


def test_a_host_waits_for_what_another_one_has_when_that_is_there() -> None:
    cloud = FakeCloud()
    caller = {**entry("main"), "depends_on": ["thing.web/main", "thing.elsewhere/main"]}
    engine = Engine(cloud, Outputs(cloud, "/slipway/test"), check=False, progress=lambda _: None)
    engine.run([parse(caller, {}, "api"), parse(entry("main"), {}, "web")])
    engine.run([parse(caller, {})])
    assert cloud.written == [("create", "web/main"), ("create", "api/main"), ("create", "main")]
