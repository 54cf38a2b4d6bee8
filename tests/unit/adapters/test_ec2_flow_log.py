from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.adapters.ec2_flow_log import Ec2FlowLog
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, parse
from tests.unit.adapters.converging import Converge, Run
from tests.unit.adapters.ec2_parts import VPC, VPC_ID, entry

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
GROUP = {"type": "logs_log_group", "name": "flow_logs", "properties": {"logGroupName": "/slipway/test/flow-logs"}}
ROLE = entry("iam_role", "flow_logs", RoleName="flow-logs", AssumeRolePolicyDocument=TRUST)
LOG = entry(
    "ec2_flow_log",
    "vpc",
    ResourceIds=[VPC_ID],
    ResourceType="VPC",
    TrafficType="ALL",
    LogDestinationType="cloud-watch-logs",
    LogGroupName="${logs_log_group.flow_logs.logGroupName}",
    DeliverLogsPermissionArn="${iam_role.flow_logs.Arn}",
    MaxAggregationInterval=60,
)
RESOURCES = [VPC, GROUP, ROLE, LOG]
KEY = "ec2_flow_log.vpc"


def test_lives(converge: Converge) -> None:
    converge.lives(RESOURCES)


def test_replaces_one_with_other_settings(converge: Converge) -> None:
    old = converge(RESOURCES).state(KEY)["FlowLogId"]
    other = {**LOG, "properties": {**LOG["properties"], "TrafficType": "REJECT"}}
    run = converge([VPC, GROUP, ROLE, other])
    assert run.changed == {KEY: {"TrafficType"}}
    assert run.state(KEY)["FlowLogId"] != old
    assert converge([VPC, GROUP, ROLE, other]).changed == {}


def test_mends_tags(converge: Converge, client: Callable[[str], Any]) -> None:
    def drift(run: Run) -> None:
        client("ec2").create_tags(Resources=[run.state(KEY)["FlowLogId"]], Tags=[{"Key": "owner", "Value": "x"}])

    converge.mends(RESOURCES, drift, {KEY: {"Tags"}})


def test_waits_for_a_new_role() -> None:
    text = "Unable to assume given IAM role"
    refusal = ClientError({"Error": {"Code": "InvalidParameter", "Message": text}}, "CreateFlowLogs")
    cloud = Mock()
    cloud.write.side_effect = [refusal, {}]
    cloud.wait_until.side_effect = lambda done, *_, **__: (done(), done())
    Ec2FlowLog(cloud).create(parse(LOG, {}))
    assert cloud.write.call_count == 2


def test_tells_a_refusal_that_is_no_error() -> None:
    cloud = Mock()
    cloud.write.return_value = {
        "Unsuccessful": [{"Error": {"Code": "400", "Message": "Access Denied for LogDestination"}}]
    }
    cloud.wait_until.side_effect = lambda done, *_, **__: done()
    with pytest.raises(ConvergeError, match="AWS refused: Access Denied for LogDestination"):
        Ec2FlowLog(cloud).create(parse(LOG, {}))
