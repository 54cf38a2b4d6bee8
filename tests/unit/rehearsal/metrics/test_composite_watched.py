import json

import boto3
import pytest

from rehearsal.authorization.gate import DEPLOYER, Gate
from tests.unit.rehearsal.control.cloud import refusal
from tests.unit.rehearsal.edge.cloud import REGION
from tests.unit.rehearsal.metrics.watched import NUMBERS


def ring(watched, name, state="ALARM"):
    """Give an alarm that has no data a state it keeps."""
    watched.cw.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")


def quiet(watched):
    """An alarm whose state only a test changes."""
    return watched.alarm(TreatMissingData="ignore")


def test_a_composite_follows_its_alarms_and_tells_which_rang(watched):
    topic, queue = watched.topic()
    one, other = quiet(watched), quiet(watched)
    name = watched.composite(f'ALARM("{one}") AND NOT ALARM({other})', AlarmActions=[topic], OKActions=[topic])
    assert watched.shown(name)["StateValue"] == "OK"
    ring(watched, one)
    assert watched.shown(name)["StateValue"] == "ALARM"
    ring(watched, other)
    assert watched.shown(name)["StateValue"] == "OK"
    _, rang, silent = (message for _, message in watched.messages(queue))
    assert (rang["OldStateValue"], rang["NewStateValue"], silent["NewStateValue"]) == ("OK", "ALARM", "OK")
    assert [child["Arn"] for child in rang["TriggeringChildren"]] == [watched.shown(one)["AlarmArn"]]
    assert rang["AlarmRule"].startswith("ALARM(")
    composite = {"AlarmTypes": ["CompositeAlarm"]}
    assert watched.history(name, "StateUpdate", **composite)[0] == "Alarm updated from ALARM to OK"
    assert len(watched.history(name, "Action", **composite)) == 3


def test_a_composite_follows_data(watched):
    child = watched.alarm()
    above = watched.composite(f"OK({watched.composite(f'ALARM({child})')})")
    watched.await_state(child, "OK")
    assert watched.shown(above)["StateValue"] == "ALARM"
    watched.data(child, 9)
    watched.await_state(child, "ALARM")
    assert watched.shown(above)["StateValue"] == "OK"
    watched.await_state(child, "OK")
    assert watched.shown(above)["StateValue"] == "ALARM"


def test_a_state_that_is_set_stays_until_an_alarm_below_changes(watched):
    child = quiet(watched)
    name = watched.composite(f"ALARM({child})")
    ring(watched, name)
    watched.minutes(3)
    assert watched.shown(name)["StateValue"] == "ALARM"
    ring(watched, child, "OK")
    assert watched.shown(name)["StateValue"] == "OK"


def suppressed(watched, topic, wait=0, extension=0):
    child, suppressor = quiet(watched), quiet(watched)
    periods = {"ActionsSuppressorWaitPeriod": wait, "ActionsSuppressorExtensionPeriod": extension}
    more = {"AlarmActions": [topic], "ActionsSuppressor": suppressor, **periods}
    return child, suppressor, watched.composite(f"ALARM({child})", **more)


def test_a_suppressor_holds_actions_back(watched):
    topic, queue = watched.topic()
    child, suppressor, name = suppressed(watched, topic, extension=300)
    ring(watched, suppressor)
    ring(watched, child)
    assert watched.shown(name)["StateValue"] == "ALARM"
    assert watched.shown(name)["ActionsSuppressedBy"] == "Alarm"
    ring(watched, suppressor, "OK")
    assert watched.shown(name)["ActionsSuppressedBy"] == "ExtensionPeriod"
    assert watched.messages(queue) == []
    watched.await_that(lambda: watched.shown(name), lambda shown: "ActionsSuppressedBy" not in shown)
    assert [message["NewStateValue"] for _, message in watched.messages(queue)] == ["ALARM"]


def test_a_composite_waits_for_its_suppressor(watched):
    topic, queue = watched.topic()
    child, _, name = suppressed(watched, topic, wait=300)
    watched.minutes(7)
    ring(watched, child)
    assert watched.shown(name)["ActionsSuppressedBy"] == "WaitPeriod"
    assert watched.messages(queue) == []
    watched.await_that(lambda: watched.shown(name), lambda shown: "ActionsSuppressedBy" not in shown)
    assert [message["NewStateValue"] for _, message in watched.messages(queue)] == ["ALARM"]


def test_families_are_described(watched):
    child = quiet(watched)
    name = watched.composite(f"ALARM({child})", Tags=[{"Key": "a", "Value": "b"}])
    assert [one["AlarmName"] for one in watched.cw.describe_alarms(ParentsOfAlarmName=child)["CompositeAlarms"]] == [
        name
    ]
    assert [one["AlarmName"] for one in watched.cw.describe_alarms(ChildrenOfAlarmName=name)["MetricAlarms"]] == [child]
    assert watched.cw.describe_alarms(AlarmNames=[name]).get("CompositeAlarms", []) == []
    found = watched.cloud.client("resourcegroupstaggingapi").get_resources(TagFilters=[{"Key": "a", "Values": ["b"]}])
    assert watched.shown(name)["AlarmArn"] in [one["ResourceARN"] for one in found["ResourceTagMappingList"]]


def test_what_composites_are_refused(watched):
    child = quiet(watched)
    name = watched.composite(f"ALARM({child})")
    put, new = watched.cw.put_composite_alarm, f"new-{next(NUMBERS)}"
    for rule in ("ALARM(none)", "ALARM", f"ALARM({child}) AND", f"ALARM({child}) ALARM({child})"):
        assert refusal(put, AlarmName=new, AlarmRule=rule) == "ValidationError"
    assert refusal(put, AlarmName=name, AlarmRule=f"OK({name})") == "ValidationError"
    assert refusal(put, AlarmName=child, AlarmRule="TRUE") == "ValidationError"
    assert refusal(put, AlarmName=new, AlarmRule="TRUE", ActionsSuppressor=child) == "ValidationError"
    assert refusal(watched.cw.delete_alarms, AlarmNames=[child]) == "ValidationError"
    watched.cw.delete_alarms(AlarmNames=[child, name])


@pytest.mark.parametrize("action", ["sns:Publish", "SNS:*", "*"])
def test_a_policy_that_lets_cloudwatch_in(watched, action):
    topic, queue = watched.topic()
    service = {"Effect": "Allow", "Principal": {"Service": ["cloudwatch.amazonaws.com"]}, "Action": action}
    service["Condition"] = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": service})
    watched.sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    ring(watched, watched.alarm(TreatMissingData="ignore", AlarmActions=[topic]))
    assert len(watched.messages(queue)) == 1


ALARMS = f"arn:aws:cloudwatch:{REGION}:123456789012:alarm:*"


@pytest.mark.parametrize(
    ("resource", "region", "shown"), [("*", REGION, 1), ("*", "eu-west-1", 0), (ALARMS, REGION, 0)]
)
def test_composites_are_shown_to_who_may_describe_all_alarms(watched, tmp_path, resource, region, shown):
    path, name = tmp_path / "policy.json", watched.composite("FALSE")
    here = {"StringEquals": {"aws:RequestedRegion": region}}
    allowing = [{"Resource": ALARMS}, {"Resource": resource, "Condition": here}]
    common = {"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms"}
    path.write_text(json.dumps({"Statement": [common | one for one in allowing]}))
    watched.world.gate = Gate(watched.world, [path], record=True)
    try:
        session = boto3.session.Session(DEPLOYER, "any", region_name=REGION)
        client = session.client("cloudwatch", endpoint_url=watched.world.endpoint)
        told = client.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
        needed = {(one["action"], one["resource"]) for one in watched.world.gate.order_needed()}
    finally:
        watched.world.gate = None
    assert len(told) == shown
    assert ("cloudwatch:DescribeAlarms", "*") in needed
