"""The number of tasks follows the load, drops no request, and is a release's while it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import ROOT, Environment, quiet
from tests.e2e.releases import another_version, record, release, stands_on_one_side, version

#: Seconds that each client rests: the load is some dozen requests a second, which no CPU notices.
PAUSE = 0.1
#: Seconds in which a number of tasks is reached, minutes of the cloud.
PATIENCE = 60
#: A virtual minute is a second, so half a request a second is 30 in one of ours.
FEW, MANY = 0.2, 200
#: Other tests on this dev may have had the version refused.
QUICK = (
    "-e",
    json.dumps({"release_steps": [50, 100], "release_bake_minutes": 0, "release_alarms": [], "retry": True}),
)


def scaling(**more: Any) -> tuple[str, str]:
    """Return arguments that switch scaling on."""
    return "-e", json.dumps({"autoscaling_enabled": True, "autoscaling_maximum": 4, **more})


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Iterator[Environment]:
    environment = stand("dev")
    for tag in ("1.1.0", "1.2.0"):
        cli.order("tasks.push", image=f"web:{tag}", repository="slipway-dev/web", region="us-east-1")
    yield environment
    environment.playbook("playbooks/autoscaling.yml")


def until(what: Callable[[], Any], complaint: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, complaint()
        time.sleep(0.2)


def tasks(dev: Environment) -> dict[str, tuple[int, int]]:
    """Return how many tasks each side wants and has."""
    names = [f"slipway-dev-web-{colour}" for colour in ("blue", "green")]
    shown = dev.client("ecs").describe_services(cluster="slipway-dev", services=names)["services"]
    return {one["serviceName"].rsplit("-", 1)[-1]: (one["desiredCount"], one["runningCount"]) for one in shown}


def sides(dev: Environment) -> tuple[str, str]:
    """Return the stable colour and the idle one."""
    stable = record(dev)["stable"]["S"]
    return stable, other(stable)


def other(colour: str) -> str:
    return {"blue": "green", "green": "blue"}[colour]


def targets(dev: Environment) -> dict[str, dict[str, Any]]:
    """Return the scalable targets by colour."""
    found = dev.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    mine = [one for one in found if "/slipway-dev/" in one["ResourceId"]]
    return {one["ResourceId"].rsplit("-", 1)[-1]: one for one in mine}


def cloud_time(dev: Environment) -> datetime:
    """Return the time by the cloud's clock."""
    answer = dev.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]["date"]
    return parsedate_to_datetime(answer)


def suspended(target: dict[str, Any]) -> set[str]:
    return {name.removesuffix("Suspended") for name, is_so in target["SuspendedState"].items() if is_so}


def switched_on(dev: Environment) -> set[str]:
    """Return the colours whose scaling alarms act."""
    found = dev.client("cloudwatch").describe_alarms(AlarmNamePrefix="slipway-dev-web-")["MetricAlarms"]
    alarms = [one for one in found if "-scale-" in one["AlarmName"]]
    return {one["AlarmName"].split("-")[3] for one in alarms if one["ActionsEnabled"]}


def is_given_back(dev: Environment, least: int, most: int) -> None:
    """The stable side is scaled between its limits, the idle one is at rest."""
    stable, idle = sides(dev)
    found = targets(dev)
    assert (found[stable]["MinCapacity"], found[stable]["MaxCapacity"]) == (least, most)
    assert found[idle]["MinCapacity"] == 0
    assert suspended(found[stable]) == set()
    assert suspended(found[idle]) == {"DynamicScalingIn", "DynamicScalingOut", "ScheduledScaling"}
    assert switched_on(dev) == {stable}


def test_tasks_follow_the_load_and_no_request_fails(dev: Environment) -> None:
    stable, _ = sides(dev)
    with Load(dev.url, dev.variables, PAUSE) as load:
        assert dev.playbook("playbooks/autoscaling.yml", *scaling(autoscaling_requests=FEW)).changed == {"web": 1}
        is_given_back(dev, 2, 4)
        until(lambda: tasks(dev)[stable] == (4, 4), lambda: tasks(dev))
        dev.playbook("playbooks/autoscaling.yml", *scaling(autoscaling_requests=MANY))
        until(lambda: tasks(dev)[stable] == (2, 2), lambda: tasks(dev))
    assert load.failures == []
    assert load.read > 100
    activities = dev.client("application-autoscaling").describe_scaling_activities(ServiceNamespace="ecs")
    causes = " ".join(one["Cause"] for one in activities["ScalingActivities"])
    assert f"slipway-dev-web-{stable}-scale-out in state ALARM triggered policy" in causes
    assert f"slipway-dev-web-{stable}-scale-in in state ALARM triggered policy" in causes


def test_the_platform_leaves_the_number_of_tasks_alone(dev: Environment) -> None:
    stable, _ = sides(dev)
    dev.client("ecs").update_service(cluster="slipway-dev", service=f"slipway-dev-web-{stable}", desiredCount=3)
    assert dev.playbook("playbooks/autoscaling.yml", *scaling(autoscaling_requests=FEW)).changed == {"web": 1}
    assert dev.playbook("playbooks/autoscaling.yml", *scaling(autoscaling_requests=FEW)).changed == {}
    assert tasks(dev)[stable][0] >= 2


class Schedule(threading.Thread):
    """Adds a scheduled action to the stable side as soon as a release holds it, which is due two minutes later."""

    def __init__(self, dev: Environment, stable: str) -> None:
        super().__init__(daemon=True)
        self.dev, self.place = dev, targets(dev)[stable]
        self.colour, self.due = stable, 0.0

    def run(self) -> None:
        """Wait, and add it."""
        until(lambda: is_held(self.dev, self.colour), lambda: targets(self.dev))
        at = cloud_time(self.dev) + timedelta(minutes=2)
        self.due = at.timestamp()
        self.client.put_scheduled_action(
            **self.named, Schedule=f"cron({at.minute} {at.hour} * * ? *)", ScalableTargetAction={"MinCapacity": 3}
        )

    @property
    def client(self) -> Any:
        return self.dev.client("application-autoscaling")

    @property
    def named(self) -> dict[str, str]:
        place = {name: self.place[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
        return {**place, "ScheduledActionName": "morning"}


def is_held(dev: Environment, colour: str) -> bool:
    return suspended(targets(dev)[colour]) == {"DynamicScalingIn", "ScheduledScaling"}


def test_a_release_hands_the_autoscaler_over_and_makes_up_for_schedules(dev: Environment) -> None:
    wanted = another_version(dev)
    stable, _ = sides(dev)
    with Load(dev.url, dev.variables, PAUSE) as load:
        until(lambda: tasks(dev)[stable] == (4, 4), lambda: tasks(dev))
        schedule = Schedule(dev, stable)
        schedule.start()
        release(dev, wanted, *QUICK)
        schedule.join()
        new, old = sides(dev)
        assert (new, tasks(dev)[new][0]) == (other(stable), 4)
    assert load.failures == []
    assert schedule.due < cloud_time(dev).timestamp()
    is_given_back(dev, 3, 4)
    schedule.client.delete_scheduled_action(**schedule.named)
    assert version(dev) == wanted
    assert tasks(dev)[old][0] == 0


def test_killed_in_a_release_nothing_is_scaled_in_until_the_next_run_gives_it_back(dev: Environment) -> None:
    quiet()
    stable, _ = sides(dev)
    limits = targets(dev)[stable]
    wanted = another_version(dev)
    run = dev.begin("playbooks/release.yml", "-e", "service=web", "-e", f"image_tag={wanted}", *QUICK)
    until(lambda: is_held(dev, stable), lambda: targets(dev))
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert is_held(dev, stable)
    assert dev.playbook("playbooks/autoscaling.yml", *scaling(autoscaling_requests=FEW)).changed == {}
    dev.playbook("playbooks/abort.yml", "-e", "service=web")
    assert version(dev) != wanted
    is_given_back(dev, limits["MinCapacity"], limits["MaxCapacity"])


def test_sizes_are_proposed_as_a_diff(dev: Environment) -> None:
    told = dev.playbook("playbooks/right_size.yml").output
    assert "days of metrics; a proposal needs 7" in " ".join(told.split())
    dev.playbook("playbooks/right_size.yml", "-e", "right_size_least_days=0.01")
    written = ROOT / "reports" / "right_size-dev.diff"
    subprocess.run(["git", "apply", "--check", str(written)], cwd=ROOT, check=True)
    assert "+autoscaling_requests:" in written.read_text(encoding="utf-8")
    page = (ROOT / "reports" / "right_size-dev.html").read_text(encoding="utf-8")
    assert "web proposed: " in page
    assert "Reserved DB instance" in page
    assert "Compute Savings Plan" not in page, "dev's tasks run on Spot, which is cheaper than any plan"


def test_switched_off_nothing_is_left_of_it(dev: Environment) -> None:
    assert dev.playbook("playbooks/autoscaling.yml").changed == {"web": 1}
    assert targets(dev) == {}
    assert switched_on(dev) == set()
    until(lambda: all(wanted == has for wanted, has in tasks(dev).values()), lambda: tasks(dev))
    stable, _ = sides(dev)
    dev.client("ecs").update_service(cluster="slipway-dev", service=f"slipway-dev-web-{stable}", desiredCount=2)
    stands_on_one_side(dev)
    assert dev.playbook("playbooks/autoscaling.yml").changed == {}
