from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.adapters.converging import Converge, Run

Client = Callable[[str], Any]
KEY = "route53_query_logging_config.main"


def logging(group: str = "queries") -> list[dict[str, Any]]:
    return [
        {"type": "route53_hosted_zone", "name": "main", "properties": {"Name": "test.example.com"}},
        {"type": "logs_log_group", "name": group, "properties": {"logGroupName": f"/aws/route53/{group}"}},
        {
            "type": "logs_resource_policy",
            "name": "main",
            "properties": {"policyName": "slipway-test", "policyDocument": policy("logs:PutLogEvents")},
        },
        {
            "type": "route53_query_logging_config",
            "name": "main",
            "depends_on": ["logs_resource_policy.main"],
            "properties": {
                "HostedZoneId": "${route53_hosted_zone.main.Id}",
                "CloudWatchLogsLogGroupArn": f"${{logs_log_group.{group}.arn}}",
            },
        },
    ]


def policy(action: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "route53.amazonaws.com"},
        "Action": action,
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_lives(converge: Converge) -> None:
    converge.lives(logging())


def test_is_put_back(converge: Converge, client: Client) -> None:
    def drift(run: Run) -> None:
        client("route53").delete_query_logging_config(Id=run.state(KEY)["Id"])

    converge.mends(logging(), drift, {KEY: {"HostedZoneId", "CloudWatchLogsLogGroupArn"}})


def test_moves_to_another_group(converge: Converge) -> None:
    converge(logging())
    run = converge(logging("moved"))
    assert run.changed[KEY] == {"CloudWatchLogsLogGroupArn"}
    assert converge(logging("moved")).changed == {}


def test_mends_the_policy(converge: Converge, client: Client) -> None:
    def drift(_run: Run) -> None:
        client("logs").put_resource_policy(
            policyName="slipway-test", policyDocument='{"Version": "2012-10-17", "Statement": []}'
        )

    converge.mends(logging(), drift, {"logs_resource_policy.main": {"policyDocument"}})
