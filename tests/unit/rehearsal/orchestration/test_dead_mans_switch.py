"""A run that dies while it shifts traffic has it put back by its dead man's switch, and one that lives has not."""

import json

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import LeaseHeldError
from tests.unit.rehearsal.orchestration.conftest import RUN, arm, item, until


def expire(release):
    release.store.seconds = -1.0
    assert release.store.renew("release/web", RUN.run, release.fence)


def test_a_held_lease_is_left_alone(stage, switch, release):
    before = item(stage, "lease"), item(stage, "switch")
    assert stage.run(switch, service="web")["status"] == "SUCCEEDED"
    assert release.weights() == [500, 500]
    assert (item(stage, "lease"), item(stage, "switch")) == before


@pytest.mark.parametrize("end", ["expired", "given back"])
def test_an_ended_lease_puts_traffic_back(stage, switch, release, end):
    if end == "expired":
        expire(release)
    else:
        assert release.store.release("release/web", RUN.run, release.fence)
    assert stage.run(switch, service="web")["status"] == "SUCCEEDED"
    assert release.weights() == [999, 0]
    assert item(stage, "lease") == {"id": {"S": "lease#release/web"}, "fence": {"N": str(release.fence + 1)}}
    assert "safe" not in item(stage, "switch")
    assert "fired" in item(stage, "switch")
    assert not release.store.renew("release/web", RUN.run, release.fence)  # the run that wakes up late


def test_a_lease_that_another_run_holds_is_left_alone(stage, switch, release):
    release.store.acquire("release/web", RUN, takeover=True)
    assert stage.run(switch, service="web")["status"] == "SUCCEEDED"
    assert release.weights() == [500, 500]


def test_another_run_that_died_before_it_armed_anew_changes_nothing(stage, switch, release):
    fence = release.store.acquire("release/web", RUN, takeover=True)
    assert release.store.release("release/web", RUN.run, fence)
    assert stage.run(switch, service="web")["status"] == "SUCCEEDED"
    assert release.weights() == [999, 0]
    numbers = item(stage, "lease")["fence"], item(stage, "switch")["fence"]
    assert numbers == ({"N": str(fence + 1)}, {"N": str(fence + 1)})


def test_items_of_others_are_not_its_business(stage, switch, release):
    policy = json.dumps(stage.iam.get_role_policy(RoleName="switch", PolicyName="main")["PolicyDocument"])
    nowhere = json.loads(policy.replace("lease#release/*", "lease#platform/*"))
    stage.iam.put_role_policy(RoleName="switch", PolicyName="main", PolicyDocument=json.dumps(nowhere))
    expire(release)
    ended = stage.run(switch, service="web")
    stage.iam.put_role_policy(RoleName="switch", PolicyName="main", PolicyDocument=policy)
    assert ended["status"] == "FAILED"
    assert release.weights() == [500, 500]


def test_a_disarmed_switch_does_nothing(stage, switch, release):
    stage.dynamodb.delete_item(TableName="leases", Key={"id": {"S": "switch#web"}})
    expire(release)
    assert stage.run(switch, service="web")["status"] == "SUCCEEDED"
    assert release.weights() == [500, 500]


def test_what_fails_half_way_is_finished_by_the_next(stage, switch, release):
    expire(release)
    safe = json.loads(item(stage, "switch")["safe"]["S"])
    nowhere = json.loads(json.dumps(safe).replace("targetgroup/b-", "targetgroup/x-"))
    arm(stage, release.fence, nowhere)
    assert stage.run(switch, service="web")["status"] == "FAILED"
    with pytest.raises(LeaseHeldError, match="dead man's switch is putting the traffic of web back"):
        release.store.acquire("release/web", RUN, takeover=False)
    arm(stage, int(item(stage, "switch")["fence"]["N"]), safe)
    assert stage.run(switch, service="web")["status"] == "SUCCEEDED"
    assert release.weights() == [999, 0]


def test_executions_that_overlap_end_it_together(stage, switch, release):
    expire(release)
    started = [
        stage.steps.start_execution(
            stateMachineArn=switch, name=f"at-once-{one}-{release.fence}", input='{"service": "web"}'
        )
        for one in range(3)
    ]
    assert {stage.ended(one["executionArn"])["status"] for one in started} == {"SUCCEEDED"}
    assert release.weights() == [999, 0]
    assert "run" not in item(stage, "lease")
    assert "safe" not in item(stage, "switch")
    assert "fired" in item(stage, "switch")


def test_a_schedule_starts_it_every_minute_until_the_run_is_dead(stage, switch, release):
    allowed = {"Effect": "Allow", "Action": "states:StartExecution", "Resource": switch}
    role = stage.role("every-minute", "scheduler.amazonaws.com", allowed)
    seen = len(stage.executions(switch))
    stage.schedule("web", switch, role, Input=json.dumps({"service": "web"}))
    until(lambda: len(stage.executions(switch)) >= seen + 3)
    assert release.weights() == [500, 500]
    expire(release)
    until(lambda: release.weights() == [999, 0])
    stage.schedules.delete_schedule(Name="web")
