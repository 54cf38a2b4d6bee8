"""Releases under load: a good version drops no request, a bad one goes back by itself, no death hurts a user."""

from __future__ import annotations

import itertools
import json
import random
import re
from typing import Any

import pytest

from rehearsal import cli
from rehearsal.load import Load
from tests.e2e.conftest import Stand
from tests.e2e.environment import ROOT, Environment, quiet
from tests.e2e.releases import (
    another_version,
    begun,
    item,
    push,
    release,
    running,
    stands_on_one_side,
    version,
    weights,
)

SEED = 20261127
#: Writes of a canary at which its run is killed, of those that every one has.
KILL_POINTS = sorted(random.Random(SEED).sample(range(3, 40), 2))  # noqa: S311  no secret comes of it
#: Where a sweep over all writes notes how far it came, so that the next goes on from there.
PROGRESS = ROOT / "reports" / "soak" / "release_kills.json"

#: A version that works, in whose image ECR's scan finds something.
VULNERABLE = "1.2.0-vulnerable"


@pytest.fixture(scope="module")
def dev(stand: Stand) -> Environment:
    environment = stand("dev")
    bad = ("errors", "slow", "reset", "unhealthy", "crash-start", "crash-later", "leak")
    push("1.1.0", "1.2.0", *(f"1.2.0-{flaw}" for flaw in bad), VULNERABLE)
    return environment


def test_a_good_version_gets_everything_and_no_request_fails(dev: Environment) -> None:
    with Load(dev.url, dev.variables) as load:
        told = release(dev, "1.1.0").output
    assert load.failures == []
    assert load.read > 500
    for share in ("10 %", "50 %", "95 %"):
        assert f"{share} to 1.1.0" in told
    assert version(dev) == "1.1.0"
    stands_on_one_side(dev)


def test_site_in_between_changes_nothing_of_it(dev: Environment) -> None:
    """Neither while a release goes on, whose weights and tasks are its own, nor after it."""
    with Load(dev.url, dev.variables) as load:
        run = begun(dev, "1.2.0-leak", "-e", "release_bake_minutes=60")
        assert any("step 1/3" in line for line in run.stdout or ())
        before = weights(dev), running(dev)
        assert dev.playbook("site.yml").changed == {}
        assert (weights(dev), running(dev)) == before
        assert 0 not in before[0].values()
        dev.playbook("playbooks/abort.yml", "-e", "service=web")
        run.communicate(timeout=120)
    assert load.failures == []
    assert "release pending" in dev.playbook("playbooks/services.yml").output
    assert version(dev) == "1.1.0"


def test_a_migration_that_fails_ends_the_release_before_it_has_a_task(dev: Environment) -> None:
    failing = json.dumps({"service_migrate_command": ["python", "-c", "raise SystemExit('no such column')"]})
    told = release(dev, "1.2.0", "-e", failing, expect=2).said
    assert "exit codes: web 1" in told
    assert "no such column" in told
    assert "step 1 of" not in told
    stands_on_one_side(dev)


def test_a_version_that_fails_requests_goes_back(dev: Environment) -> None:
    smokeless = ("-e", json.dumps({"service_smoke": [], "release_bake_minutes": 60, "release_unclear": "rollback"}))
    with Load(dev.url, dev.variables) as load:
        told = release(dev, "1.2.0-errors", *smokeless, expect=2).output
    assert re.search(r"errors [\d.]+ % of .* against|error-share is ringing", " ".join(told.split()))
    assert 0 < len(load.failures) < load.requests / 30
    assert all("500" in failure for failure in load.failures)
    assert version(dev) == "1.1.0"
    stands_on_one_side(dev)
    refused = release(dev, "1.2.0-errors", expect=2).output
    assert "was rolled back" in " ".join(refused.split())
    assert "retry=true" in refused
    assert "TASK [service : Schema |" not in refused


def test_a_version_that_closes_connections_in_place_of_answers_goes_back(dev: Environment) -> None:
    with Load(dev.url, dev.variables) as load:
        told = release(dev, "1.2.0-reset", "-e", json.dumps({"service_smoke": []}), expect=2).said
    assert re.search(r"errors [\d.]+ % of .* against|error-share is ringing", told)
    assert load.failures
    assert all("502" in failure for failure in load.failures)
    assert version(dev) == "1.1.0"
    stands_on_one_side(dev)


def report(dev: Environment) -> dict[str, Any]:
    """Return the report of the last release, as the state bucket has it."""
    number = int(item(dev, "release#web")["number"]["N"])
    bucket = dev.client("ssm").get_parameter(Name="/slipway/dev/state/bucket")["Parameter"]["Value"]
    kept = dev.client("s3").get_object(Bucket=bucket, Key=f"releases/web/{number:06d}.json")["Body"].read()
    found: dict[str, Any] = json.loads(kept)
    return found


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("1.2.0-unhealthy", ["Task failed ELB health checks"]),
        (
            "1.2.0-crash-start",
            ["Essential container in task exited", "web ended with 1", "this version does not start"],
        ),
    ],
)
def test_a_version_that_does_not_start_gets_no_request(bad: str, why: list[str], dev: Environment) -> None:
    with Load(dev.url, dev.variables) as load:
        told = release(dev, bad, expect=2).output
    assert load.failures == []
    assert "step 1 of" not in told
    stands_on_one_side(dev)
    kept = report(dev)
    assert (kept["status"], kept["to"]["image_tag"]) == ("rolled back", bad)
    for words in why:
        assert words in "\n".join(kept["last_words"])


@pytest.mark.parametrize(
    ("bad", "minutes", "why"),
    [
        ("1.2.0-crash-later", 10, "have ended by themselves|healthy targets are needed"),
        pytest.param("1.2.0-leak", 60, "have ended by themselves|unhealthy|is ringing", marks=pytest.mark.soak),
    ],
)
def test_a_version_whose_tasks_end_in_traffic_goes_back(bad: str, minutes: int, why: str, dev: Environment) -> None:
    with Load(dev.url, dev.variables) as load:
        told = release(dev, bad, "-e", f"release_bake_minutes={minutes}", "-e", "retry=true", expect=2).said
    assert re.search(why, told)
    assert len(load.failures) < load.requests / 30
    stands_on_one_side(dev)


def test_a_slow_version_goes_back(dev: Environment) -> None:
    with Load(dev.url, dev.variables) as load:
        told = release(dev, "1.2.0-slow", expect=2).output
    assert load.failures == []
    assert re.search(r"slow [\d.]+ % of .* against", " ".join(told.split()))
    stands_on_one_side(dev)


def test_an_image_with_findings_is_not_released_unless_they_are_waived(dev: Environment) -> None:
    family, serves = "slipway-dev-web", version(dev)
    before = dev.client("ecs").list_task_definitions(familyPrefix=family)["taskDefinitionArns"]
    planned = dev.playbook("playbooks/release_plan.yml", "-e", "service=web", "-e", f"image_tag={VULNERABLE}").output
    refused = release(dev, VULNERABLE, expect=2).output
    found = "has found CVE-2022-37434 CRITICAL in zlib 1.2.12, CVE-2022-3602 HIGH in openssl 3.0.6, and"
    for told in (planned, refused):
        assert found in " ".join(told.split())
    assert re.search("refused: ECR'+s scan of slipway-dev/web:1.2.0-vulnerable", " ".join(planned.split()))
    assert dev.client("ecs").list_task_definitions(familyPrefix=family)["taskDefinitionArns"] == before
    assert version(dev) == serves
    names = ("CVE-2022-37434", "CVE-2022-3602")
    waivers = [{"finding": name, "until": "2099-12-31", "reason": "a try", "by": "anna"} for name in names]
    let = json.dumps({"release_waivers": waivers, "release_strategy": "all_at_once"})
    assert "is waived until 2099-12-31 by anna: a try" in release(dev, VULNERABLE, "-e", let).said
    assert version(dev) == VULNERABLE
    stands_on_one_side(dev)


def migrations(dev: Environment) -> set[str]:
    """Return the tasks that have migrated a database, as long as ECS shows them."""
    found = dev.client("ecs").list_tasks(cluster="slipway-dev", desiredStatus="STOPPED", family="slipway-dev-web")
    shown = dev.client("ecs").describe_tasks(cluster="slipway-dev", tasks=found["taskArns"] or ["none"])["tasks"]
    return {task["taskArn"] for task in shown if task.get("startedBy", "").startswith("migrate-")}


def revisions(dev: Environment) -> set[str]:
    """Return the registered revisions of the service."""
    return set(dev.client("ecs").list_task_definitions(familyPrefix="slipway-dev-web")["taskDefinitionArns"])


def did_nothing_twice(dev: Environment, before: tuple[set[str], set[str]]) -> None:
    """Assert that two runs together have migrated once, registered once, and made no shift twice."""
    assert len(migrations(dev) - before[0]) <= 1  # ECS forgets a task an hour after its end
    assert len(revisions(dev) - before[1]) == 1
    shares = [shift["share"] for shift in report(dev)["shifts"]]
    assert all(one != other for one, other in itertools.pairwise(shares)), shares


def killed_and_gone_on_with(dev: Environment, writes: int, *, before_answer: bool = False) -> bool:
    """Kill a release at a write, go on with it, and say whether it was killed before its end."""
    wanted, before = another_version(dev), (migrations(dev), revisions(dev))
    with Load(dev.url, dev.variables) as load:
        run = begun(dev, wanted)
        order = {"group": True, "before_answer": before_answer}
        cli.order("fault", kind="kill-after-write", writes=writes, pid=run.pid, **order)
        told, _ = run.communicate(timeout=300)
        cli.order("clear")
        assert run.returncode in {0, -9}, told
        # The dead man's switch may be faster than the next run: then that one ends the release on the stable version.
        again = release(dev, wanted, expect=None)
        if again.code:
            assert "dead man's switch" in again.said, again.output[-3000:]
            release(dev, wanted, "-e", "retry=true")
    if "dead man's switch" not in again.said:
        did_nothing_twice(dev, before)
    assert load.failures == []
    assert version(dev) == wanted
    stands_on_one_side(dev)
    return run.returncode == -9


@pytest.mark.parametrize("writes", KILL_POINTS)
def test_killed_in_the_middle_the_next_run_goes_on(writes: int, dev: Environment) -> None:
    assert killed_and_gone_on_with(dev, writes), f"the release has fewer writes than {writes}"


@pytest.mark.soak
@pytest.mark.parametrize("before_answer", [False, True], ids=["answered", "unanswered"])
def test_killed_one_write_later_each_time(before_answer: bool, dev: Environment) -> None:
    PROGRESS.parent.mkdir(parents=True, exist_ok=True)
    told = json.loads(PROGRESS.read_text(encoding="utf-8")) if PROGRESS.exists() else {}
    key = f"unanswered: {before_answer}"
    for writes in itertools.count(told.get(key, 0) + 1):
        quiet()
        if not killed_and_gone_on_with(dev, writes, before_answer=before_answer):
            break
        PROGRESS.write_text(json.dumps({**told, key: writes}), encoding="utf-8")
    assert writes > max(KILL_POINTS)
    PROGRESS.write_text(json.dumps({**told, key: 0}), encoding="utf-8")


def test_another_run_is_refused_and_an_abort_takes_everything_back(dev: Environment) -> None:
    before = version(dev)
    wanted = "1.2.0" if before == "1.1.0" else "1.1.0"
    with Load(dev.url, dev.variables) as load:
        run = begun(dev, wanted, "-e", "release_bake_minutes=60", "-e", "retry=true")
        assert any("step 1/3" in line for line in run.stdout or ())
        assert "is being changed by" in release(dev, "1.1.0", expect=2).output
        dev.playbook("playbooks/abort.yml", "-e", "service=web")
        told = "".join(run.stdout or ())
        assert run.wait(timeout=60) == 2
    assert "asked for it" in told
    assert load.failures == []
    assert version(dev) == before
    stands_on_one_side(dev)


def test_back_to_the_version_before(dev: Environment) -> None:
    quiet()
    with Load(dev.url, dev.variables) as load:
        dev.playbook("playbooks/rollback.yml", "-e", "service=web")
    assert load.failures == []
    stands_on_one_side(dev)


def test_as_many_of_the_last_releases_are_told_as_are_asked_for(dev: Environment) -> None:
    last = int(item(dev, "release#web")["number"]["N"])
    for given, most in (((), 5), (("-e", "history=20"), 20)):
        told = dev.playbook("playbooks/release_status.yml", "-e", "service=web", *given).said
        shown = [int(number) for number in re.findall(r"web #(\d+) ", told)]
        assert shown == list(range(last, last - len(shown), -1))
        assert min(most, 6) <= len(shown) <= most


def test_weights_that_somebody_else_changed_are_left_alone(dev: Environment) -> None:
    client = dev.client("elbv2")
    arn = dev.client("ssm").get_parameter(Name="/slipway/dev/web/https_rule_arn")["Parameter"]["Value"]
    actions = client.describe_rules(RuleArns=[arn])["Rules"][0]["Actions"]
    groups = actions[-1]["ForwardConfig"]["TargetGroups"]
    kept = [dict(group) for group in groups]
    groups[0]["Weight"], groups[1]["Weight"] = 500, 500
    actions[-1].pop("TargetGroupArn", None)
    client.modify_rule(RuleArn=arn, Actions=actions)
    told = release(dev, another_version(dev), "-e", "retry=true", expect=2).output
    assert "but the weights are" in " ".join(told.split())
    assert set(weights(dev).values()) == {500}
    actions[-1]["ForwardConfig"]["TargetGroups"] = kept
    client.modify_rule(RuleArn=arn, Actions=actions)


def test_a_service_that_there_is_not(dev: Environment) -> None:
    told = dev.playbook("playbooks/release.yml", "-e", "service=wbe", "-e", "image_tag=1.1.0", expect=2).output
    assert "service is wbe" in told
    assert "allowed are web" in " ".join(told.split())
    assert "not set" in dev.playbook("playbooks/release.yml", expect=2).output
