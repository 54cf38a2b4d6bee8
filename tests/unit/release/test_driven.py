"""Releases that AWS carries out: begun once, let through gates, taken back, and believed only when read back."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release.deployments import Progress
from tests.unit.release.conftest import DONE, GATE, NEXT_GATE, TENTH, WHOLE, Made, Script

PATIENCE = 60


def test_a_good_version_is_tried_first_and_let_through_each_gate(made: Made) -> None:
    script = Script([GATE, TENTH, *[NEXT_GATE] * PATIENCE, WHOLE, DONE])
    ended = made(script).run()
    assert ended["status"] == "succeeded"
    assert script.asked[:2] == [("start", "web:2", False), ("go on", "gate-1")]
    assert set(script.asked[2:]) == {("go on", "gate-2")}
    assert made.records == 1
    assert [call[0] for call in made.scaling.method_calls] == ["hold", "hand_over"]
    told = [event["text"] for event in ended["events"]]
    assert told.index("the candidate answers on the test listener as declared") < told.index("step 1: 10 % to 2")


def test_a_gate_waits_for_the_bake_and_for_evidence(made: Made) -> None:
    made.verdict = "wait"
    ended = made(Script([GATE, TENTH, NEXT_GATE])).run()
    assert ended["status"] == "rolled back"
    assert ended["reason"].startswith("too little evidence after all the time it may have")
    minutes = (made.cloud.now - ended["begun_step"]) / 60
    assert 16 <= minutes < 18  # 5 of bake, 10 more, one for the metrics


def test_a_version_that_fails_on_the_test_listener_gets_no_request(made: Made) -> None:
    made.smoke = "GET /version answered 500"
    script = Script([GATE])
    ended = made(script).run()
    assert ended["status"] == "rolled back"
    assert "GET /version answered 500" in ended["reason"]
    assert script.asked == [("start", "web:2", False), ("stop", "arn/deployment-1")]


def test_a_version_whose_tasks_end_by_themselves_is_not_waited_for(made: Made) -> None:
    made.crashes = 2
    script = Script([Progress("running", "SCALE_UP")])
    ended = made(script).run()
    assert (ended["status"], ended["reason"]) == ("rolled back", "2 tasks of the candidate have ended by themselves")
    assert script.asked[-1] == ("stop", "arn/deployment-1")


def test_a_version_that_never_gets_a_request_is_not_waited_for_for_ever(made: Made) -> None:
    ended = made(Script([Progress("running", "SCALE_UP")])).run()
    assert ended["reason"].startswith("no request has reached 2 after 15m")


def test_what_the_verdict_condemns_is_stopped_and_then_explained(made: Made) -> None:
    made.verdict = "rollback"
    script = Script([GATE, TENTH])
    ended = made(script).run()
    assert ended["status"] == "rolled back"
    assert ended["reason"] == "errors 5 % of 100 requests against 0.1 %"
    assert script.asked[-1] == ("stop", "arn/deployment-1")
    assert ended["last_words"] == ["last words"]
    assert [call[0] for call in made.scaling.method_calls] == ["hold", "give_back"]


@pytest.mark.parametrize(("engine", "beside"), [("ecs", 2), ("codedeploy", 2), ("rolling", 1)])
def test_the_report_has_what_the_tasks_beside_the_old_ones_cost(engine: str, beside: int, made: Made) -> None:
    """A second set of both tasks, or as many as 150 per cent of two allow, from the deployment's begin to the end."""
    made.engine = engine
    ended = made(Script([GATE, TENTH, *[NEXT_GATE] * PATIENCE, WHOLE, DONE])).run()
    begun, over = ended["tasks"]
    assert (begun["count"], over["count"]) == (beside, 0)
    assert over["at"] - begun["at"] > 300
    assert ended["cost"] == pytest.approx((over["at"] - begun["at"]) / 3600 * beside * 0.05, abs=1e-4)


def test_what_went_back_has_cost_something_too(made: Made) -> None:
    made.verdict = "rollback"
    assert made(Script([GATE, TENTH, TENTH])).run()["cost"] > 0


def test_what_aws_has_taken_back_is_no_success(made: Made) -> None:
    script = Script([GATE, Progress("returning"), Progress("back", reason="ECS: circuit breaker")])
    ended = made(script).run()
    assert (ended["status"], ended["reason"]) == ("rolled back", "ECS: circuit breaker")
    assert ("stop", "arn/deployment-1") not in script.asked


def test_a_success_that_is_none_goes_back_at_once(made: Made) -> None:
    made.differences = ["the tasks run sha256:1"]
    script = Script([DONE])
    driven = made(script)
    with pytest.raises(Exception, match="is not back yet: the tasks run sha256:1"):
        driven.run()
    assert script.asked == [("start", "web:2", False), ("start", "web:1", True)]
    assert [call[0] for call in made.scaling.method_calls] == ["hold", "give_back"]
    assert made.journal.written[-1]["reason"] == "the deployment succeeded, but the tasks run sha256:1"
    assert made.records == 0


def test_a_deployment_that_a_killed_run_began_is_found_and_not_begun_again(made: Made) -> None:
    script = Script([WHOLE, DONE], there="arn/deployment-0")
    ended = made(script).run()
    assert ended["status"] == "succeeded"
    assert ended["deployment"] == "arn/deployment-0"
    assert script.asked == []


def test_what_was_left_in_the_middle_is_stopped(made: Made) -> None:
    script = Script([TENTH])
    ended = made(script, phase="deploying", deployment="arn/deployment-1", share=10.0, until=1.0).end("aborted by me")
    assert (ended["status"], ended["reason"]) == ("rolled back", "aborted by me")
    assert script.asked == [("stop", "arn/deployment-1")]


def test_where_the_old_version_is_being_removed_there_is_only_forward(made: Made) -> None:
    final = Progress("running", "CLEAN_UP", 100.0, final=True)
    state = {"phase": "deploying", "deployment": "arn/deployment-1", "share": 100.0, "until": 1.0, "begun_step": 1.0}
    script = Script([final, DONE])
    assert made(script, **state).end("aborted by me")["status"] == "succeeded"
    assert script.asked == []


def test_what_cannot_be_stopped_any_more_is_replaced_by_the_stable_version(made: Made) -> None:
    made.verdict = "rollback"
    final = Progress("running", "CLEAN_UP", 100.0, final=True)
    script = Script([final, final, DONE], stops=False)
    ended = made(script).run()
    assert ended["status"] == "rolled back"
    assert script.asked[-1] == ("start", "web:1", True)


def test_before_users_come_a_ringing_alarm_takes_the_new_version_back(made: Made) -> None:
    made.ringing = ["web-errors"]
    ended = made(Script([GATE])).run()
    assert (ended["status"], ended["reason"]) == ("rolled back", "alarm web-errors is ringing")


def test_a_way_back_is_not_held_up_by_what_the_bad_version_has_set_off(made: Made) -> None:
    made.ringing, made.verdict = ["web-errors"], "rollback"
    script = Script([Progress("running", "SCALE_UP"), WHOLE, DONE])
    script.deploys_at_once = False
    ended = made(script, returns=True).run()
    assert ended["status"] == "succeeded", ended["reason"]
    assert script.asked == [("start", "web:2", True)]
