"""Feature flags change what a service does while it serves: bit by bit, as far as constraints and alarms let them."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
import requests
import yaml

from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import Environment, Outcome
from tests.e2e.releases import TABLE, record, release, stands_on_one_side, until, version

CLUSTER, LEASES = "slipway-dev", "lease#"
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "most": {"type": "number", "value": 20, "minimum": 1, "maximum": 100},
    "label": {"type": "string", "value": "weekly", "pattern": "^[a-z]+$"},
}
#: A virtual minute is a second: ten steps, of which a task that asks each second misses none.
GROWTH = {"feature_flags_growth_percent": 10, "feature_flags_growth_minutes": 25, "feature_flags_bake_minutes": 3}
AT_ONCE = {"feature_flags_growth_percent": 100, "feature_flags_growth_minutes": 0}
IN_HALVES = {"feature_flags_growth_percent": 50, "feature_flags_growth_minutes": 10, "feature_flags_bake_minutes": 30}
#: Seconds for which some tasks have the new value and some the old one; were all to get it in one step, it were one.
APART = 1.5
#: So many tasks get it in the same step once in a hundred thousand runs.
CROWD = 6
#: Nobody listens there, so whoever uses the flag digest gets a 502.
NOBODY = "http://127.0.0.1:9"
#: Other tests on this dev may have had the version refused, and its alarms ring.
QUICK = (
    "-e",
    json.dumps({"release_steps": [100], "release_bake_minutes": 0, "release_alarms": [], "retry": True}),
)


def flags(*on: str, **values: Any) -> dict[str, Any]:
    """Return the flags with some of them on, and other values of attributes of digest."""
    attributes = {name: one | ({"value": values[name]} if name in values else {}) for name, one in ATTRIBUTES.items()}
    oldest_first = {"name": "oldest_first", "enabled": "oldest_first" in on}
    return {"feature_flags": [oldest_first, {"name": "digest", "enabled": "digest" in on, "attributes": attributes}]}


class Flagged:
    """Dev as an inventory sees it that has the component feature_flags beside what there is.

    Args:
        dev: the environment.
        path: where the addition to its inventory is written.
    """

    def __init__(self, dev: Environment, path: Path) -> None:
        access = {"children": {"access": {"hosts": {"feature_flags": GROWTH}}}}
        services = {"hosts": {"web": {"service_environment": {"NEIGHBOUR_URL": NOBODY}}}}
        own = {"children": {"platform": access, "services": services}}
        path.write_text(yaml.safe_dump({"all": {"children": {"dev": own}}}), encoding="utf-8")
        # What stands in group_vars/all wins over variables of a group in such a file.
        self.dev, self.more = dev, ("-i", str(path), "-e", json.dumps(flags()))

    def run(self, playbook: str, *arguments: str, expect: int = 0) -> Outcome:
        """Run a playbook with the component."""
        return self.dev.playbook(playbook, *self.more, *arguments, expect=expect)

    def change(self, given: dict[str, Any], *, expect: int = 0) -> Outcome:
        """Deploy flags, and wait for the end."""
        return self.run("playbooks/feature_flags.yml", "-e", json.dumps(given), expect=expect)

    def begin(self, given: dict[str, Any]) -> subprocess.Popen[str]:
        """Begin to deploy flags; the output is to be read from the pipe."""
        arguments = (*self.more, "-e", json.dumps(given))
        return self.dev.begin("playbooks/feature_flags.yml", *arguments, stdout=subprocess.PIPE)


@pytest.fixture(scope="module")
def flagged(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flagged]:
    """Yield dev with flags that are off, and a web that reads them; have it as it was in the end."""
    dev = stand("dev")
    one = Flagged(dev, tmp_path_factory.mktemp("inventory") / "flags.yml")
    one.run("site.yml", "--limit", "feature_flags,web", "-e", json.dumps(AT_ONCE))
    release(dev, version(dev), *one.more, *QUICK)
    until(lambda: dev.body("/flags")["read"], "web has read its flags")
    yield one
    release(dev, version(dev), *QUICK)
    dev.playbook("playbooks/services.yml")
    one.run("playbooks/teardown.yml", "--limit", "feature_flags", "-e", "confirm=dev", "-e", '{"feature_flags": []}')
    assert dev.client("appconfig").list_applications()["Items"] == []
    stands_on_one_side(dev)


class Visitor(threading.Thread):
    """Looks at a flag again and again, through the load balancer, and uses what it switches on.

    Attributes:
        seen: moment and whether the flag was on, for each answer.
        failed: how often what it switches on did.
    """

    def __init__(self, dev: Environment, flag: str, use: str = "/version") -> None:
        super().__init__(daemon=True)
        self.seen: list[tuple[float, bool]] = []
        self.failed = 0
        self._error: Exception | None = None
        self._url, self._flag, self._use = dev.url, flag, use
        self._ended = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.proxies = {"https": dev.variables["HTTPS_PROXY"]}
        self._session.verify = dev.variables["SSL_CERT_FILE"]

    def run(self) -> None:
        """Look until told to stop, or an answer is none."""
        try:
            self._look()
        except (requests.RequestException, KeyError) as error:
            self._error = error

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            on = bool(self._get("/flags").json()["flags"][self._flag]["enabled"])
            self.seen.append((time.monotonic(), on))
            if on:
                self.failed += self._get(self._use).status_code == requests.codes.bad_gateway

    def _get(self, path: str) -> requests.Response:
        return self._session.get(self._url + path, timeout=10)

    def last(self, number: int) -> set[bool]:
        """Return what the last answers told."""
        return {on for _, on in self.seen[-number:]}

    @property
    def apart(self) -> float:
        """Seconds from the first time that it was on to the last that it was off."""
        return max(at for at, on in self.seen if not on) - min(at for at, on in self.seen if on)

    def __enter__(self) -> Self:
        """Begin to look."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; raise what went wrong."""
        self._ended.set()
        self.join()
        if self._error:
            raise self._error


def tasks(dev: Environment) -> set[str]:
    """Return the tasks of web that run."""
    service = f"slipway-dev-web-{record(dev)['stable']['S']}"
    return set(dev.client("ecs").list_tasks(cluster=CLUSTER, serviceName=service)["taskArns"])


def healthy(dev: Environment) -> int:
    """Return how many tasks of web the load balancer sends requests to."""
    name = f"/slipway/dev/web/{record(dev)['stable']['S']}_target_group_arn"
    arn = dev.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    shown = dev.client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return sum(one["TargetHealth"]["State"] == "healthy" for one in shown)


def scale(dev: Environment, number: int) -> None:
    """Have web run so many tasks."""
    service = f"slipway-dev-web-{record(dev)['stable']['S']}"
    dev.client("ecs").update_service(cluster=CLUSTER, service=service, desiredCount=number)
    until(lambda: healthy(dev) == len(tasks(dev)) == number, f"web has {number} tasks")


@pytest.fixture
def crowd(flagged: Flagged) -> Iterator[set[str]]:
    """Yield more tasks of web than it has by itself."""
    scale(flagged.dev, CROWD)
    yield tasks(flagged.dev)
    scale(flagged.dev, 2)


def deployments(dev: Environment) -> list[dict[str, Any]]:
    """Return the deployments of flags, the newest first."""
    client = dev.client("appconfig")
    (application,) = client.list_applications()["Items"]
    (environment,) = client.list_environments(ApplicationId=application["Id"])["Items"]
    place = {"ApplicationId": application["Id"], "EnvironmentId": environment["Id"]}
    found: list[dict[str, Any]] = client.list_deployments(**place)["Items"]
    return found


def held(dev: Environment) -> set[str]:
    """Return the components and services of which somebody holds the lease."""
    items = dev.client("dynamodb").scan(TableName=TABLE)["Items"]
    return {one["id"]["S"].removeprefix(LEASES) for one in items if one["id"]["S"].startswith(LEASES) and "run" in one}


def notes(dev: Environment) -> list[int]:
    return [int(note["id"]) for note in dev.body("/notes")["notes"]]


def test_a_flag_reaches_one_task_after_the_other_and_nobody_notices(flagged: Flagged, crowd: set[str]) -> None:
    dev = flagged.dev
    with Load(dev.url, dev.variables) as load, Visitor(dev, "oldest_first") as visitor:
        told = flagged.change(flags("oldest_first"))
        until(lambda: visitor.last(4 * CROWD) == {True}, "everybody has the flag")
    assert told.changed == {"feature_flags": 1}
    for share in (10, 50, 90):
        assert f"deploying, {share} %" in told.output
    assert visitor.apart > APART
    assert load.failures == []
    assert load.read > 100
    assert tasks(dev) == crowd
    assert notes(dev) == sorted(notes(dev))
    assert flagged.change(flags("oldest_first")).changed == {}


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"most": 200}, "feature_flags: digest.most is 200; allowed is a number from 1 to 100"),
        (
            {"label": "Weekly!"},
            "nothing is deployed: Invalid configuration; values.digest: label: 'Weekly!' does not match ^[a-z]+$",
        ),
    ],
    ids=["before any call", "by AppConfig"],
)
def test_a_value_that_is_not_allowed_is_named(flagged: Flagged, attributes: dict[str, Any], message: str) -> None:
    before = deployments(flagged.dev)
    assert message in flagged.change(flags("oldest_first", "digest", **attributes), expect=2).said
    assert deployments(flagged.dev) == before
    assert flagged.dev.body("/flags")["flags"]["digest"] == {"enabled": False}


def test_an_alarm_takes_back_what_makes_requests_fail_and_nobody_else_notices(flagged: Flagged) -> None:
    dev, given = flagged.dev, {**flags("oldest_first", "digest"), **IN_HALVES}
    with Load(dev.url, dev.variables, pause=0.2) as load, Visitor(dev, "digest", "/neighbour") as visitor:
        run = flagged.begin(given)
        assert any("deploying, 50 %" in line for line in run.stdout or ())
        assert held(dev) & {"feature_flags", "web"} == {"feature_flags"}, "nobody could release while flags grow"
        told = " ".join("".join(run.stdout or ()).split())
        assert run.wait(timeout=60) == 2
        until(lambda: visitor.last(20) == {False}, "everybody has what was there before")
    number = deployments(dev)[0]["DeploymentNumber"]
    assert (
        f"deployment {number} was taken back by the alarm slipway-dev-flags-errors; what was there before stands"
        in told
    )
    assert visitor.failed > 0
    assert load.failures == []
    assert load.read > 50
    assert dev.body("/flags")["flags"] == {"oldest_first": {"enabled": True}, "digest": {"enabled": False}}
    assert "give -e retry=true to deploy the same once more" in flagged.change(given, expect=2).said
    assert len(deployments(dev)) == number
