"""REST APIs and what belongs to them, against the local cloud."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.unit.adapters.converging import REGION, Converge, Run
from tests.unit.adapters.test_apigatewayv2 import changed

Client = Callable[[str], Any]
API = "${apigateway_rest_api.main.id}"
KEY = "k" * 40


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud instead of moto, which has too little of it."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


def entry(kind: str, named: str, /, **properties: Any) -> dict[str, Any]:
    return {"type": f"apigateway_{kind}", "name": named, "properties": properties}


@pytest.fixture
def ground(client: Client) -> dict[str, Any]:
    """Return a load balancer, a VPC link, a log group, a role, and a secret."""
    ec2, elb, logs, iam = client("ec2"), client("elbv2"), client("logs"), client("iam")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = [(f"10.0.{n}.0/24", f"{REGION}{zone}") for n, zone in enumerate("ab")]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for block, zone in zones
    ]
    group = ec2.create_security_group(VpcId=vpc, GroupName="link", Description="link")["GroupId"]
    name = f"rest-{vpc[-8:]}"
    made = elb.create_load_balancer(Name=name, Subnets=subnets, SecurityGroups=[group], Scheme="internal")
    link = client("apigatewayv2").create_vpc_link(Name=name, SubnetIds=subnets, SecurityGroupIds=[group])
    logs.create_log_group(logGroupName=name)
    (log,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    client("secretsmanager").create_secret(Name=name, SecretString=vpc[-8:] * 4)
    return {
        "balancer": made["LoadBalancers"][0]["LoadBalancerArn"],
        "link": link["VpcLinkId"],
        "log": log["arn"].removesuffix(":*"),
        "role": role,
        "secret": name,
    }


def proxy(ground: dict[str, Any]) -> dict[str, Any]:
    """Return a method that passes everything on."""
    return {
        "authorizationType": "JWT",
        "authorizerId": "${apigateway_authorizer.tokens.id}",
        "authorizationScopes": ["notes:read"],
        "apiKeyRequired": True,
        "requestParameters": {"method.request.path.proxy": True},
        "methodIntegration": {
            "type": "HTTP_PROXY",
            "httpMethod": "ANY",
            "uri": "https://web.example.com/{proxy}",
            "connectionType": "VPC_LINK",
            "connectionId": ground["link"],
            "integrationTarget": ground["balancer"],
            "requestParameters": {
                "integration.request.path.proxy": "method.request.path.proxy",
                "integration.request.header.api-version": "'v1'",
            },
            "passthroughBehavior": "WHEN_NO_MATCH",
            "timeoutInMillis": 29000,
        },
    }


def mapped(ground: dict[str, Any]) -> dict[str, Any]:
    """Return a method that changes what is answered."""
    one = proxy(ground)
    answer = {
        "selectionPattern": "200",
        "responseParameters": {"method.response.header.sunset": "'Sat, 31 Jul 2027 00:00:00 GMT'"},
        "responseTemplates": {"application/json": '{"all": $input.json("$")}'},
    }
    return {
        **one,
        "methodResponses": {"200": {"responseParameters": {"method.response.header.sunset": False}}},
        "methodIntegration": {**one["methodIntegration"], "type": "HTTP", "integrationResponses": {"200": answer}},
    }


def resources(ground: dict[str, Any]) -> list[dict[str, Any]]:
    methods = {"ANY /v1/{proxy+}": proxy(ground), "ANY /v2/{proxy+}": mapped(ground)}
    return [
        entry(
            "rest_api",
            "main",
            name=ground["secret"],
            description="",
            disableExecuteApiEndpoint=True,
            endpointConfiguration={"types": ["REGIONAL"]},
            binaryMediaTypes=["*/*"],
        ),
        entry(
            "authorizer",
            "tokens",
            restApiId=API,
            name="tokens",
            type="JWT",
            identitySource="method.request.header.Authorization",
            jwtConfiguration={
                "issuers": [{"issuer": "https://issuer.example.com", "audiences": ["clients"]}],
                "defaultAlgorithms": ["RS256"],
            },
        ),
        entry("methods", "main", restApiId=API, Methods=methods),
        {
            **entry("deployment", "main", restApiId=API, Content=["${apigateway_methods.main.Methods}"]),
        },
        entry("account", "main", cloudwatchRoleArn=ground["role"]),
        {
            **entry(
                "stage",
                "main",
                restApiId=API,
                stageName="live",
                deploymentId="${apigateway_deployment.main.id}",
                tracingEnabled=False,
                variables={},
                methodSettings={
                    "*/*": {"metricsEnabled": True, "throttlingRateLimit": 100.0, "throttlingBurstLimit": 200}
                },
                accessLogSettings={"destinationArn": ground["log"], "format": '{"id": "$context.requestId"}'},
            ),
            "depends_on": ["apigateway_account.main"],
        },
        entry(
            "usage_plan",
            "basic",
            name=ground["secret"],
            description="",
            apiStages=[{"apiId": API, "stage": "${apigateway_stage.main.stageName}"}],
            throttle={"rateLimit": 5.0, "burstLimit": 10},
            quota={"limit": 1000, "period": "DAY"},
        ),
        entry(
            "api_key",
            "acme",
            name=ground["secret"],
            description="",
            enabled=True,
            secretId=ground["secret"],
            usagePlanId="${apigateway_usage_plan.basic.id}",
        ),
    ]


@pytest.fixture
def declared(converge: Converge, ground: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Return one of each; nothing of it is left afterwards."""
    every = resources(ground)
    yield every
    converge(every, absent=True)


def test_lives(converge: Converge, declared: list[dict[str, Any]]) -> None:
    converge.lives(declared)


DRIFTS: dict[str, tuple[str, dict[str, Any]]] = {
    "api": (
        "apigateway_rest_api.main",
        {"description": "other", "disableExecuteApiEndpoint": False, "binaryMediaTypes": ["image/png"]},
    ),
    "authorizer": (
        "apigateway_authorizer.tokens",
        {
            "jwtConfiguration": {
                "issuers": [{"issuer": "https://other.example.com", "audiences": ["others"]}],
                "defaultAlgorithms": ["RS512"],
            }
        },
    ),
    "stage": (
        "apigateway_stage.main",
        {
            "tracingEnabled": True,
            "variables": {"a": "b"},
            "methodSettings": {"*/*": {"metricsEnabled": False, "throttlingRateLimit": 1.0, "throttlingBurstLimit": 1}},
        },
    ),
    "plan": (
        "apigateway_usage_plan.basic",
        {"throttle": {"rateLimit": 1.0, "burstLimit": 1}, "quota": {}, "description": "other"},
    ),
    "key": ("apigateway_api_key.acme", {"enabled": False, "description": "other"}),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_each_is_mended(converge: Converge, declared: list[dict[str, Any]], drift: str) -> None:
    key, properties = DRIFTS[drift]
    converge.mends(declared, lambda _: converge(changed(declared, key, **properties)), {key: set(properties)})


def test_another_method_is_deployed(converge: Converge, declared: list[dict[str, Any]], client: Client) -> None:
    """What is declared of methods is served, one that is not declared goes, and nothing is deployed without need."""
    first = converge(declared).state("apigateway_deployment.main")["id"]
    methods = {"ANY /v1/{proxy+}": declared[2]["properties"]["Methods"]["ANY /v1/{proxy+}"]}
    run = converge(changed(declared, "apigateway_methods.main", Methods=methods))
    assert set(run.changed) == {"apigateway_methods.main", "apigateway_deployment.main", "apigateway_stage.main"}
    api = run.state("apigateway_rest_api.main")["id"]
    gateway = client("apigateway")
    assert {one["path"] for one in gateway.get_resources(restApiId=api)["items"]} == {"/", "/v1", "/v1/{proxy+}"}
    (stage,) = gateway.get_stages(restApiId=api)["item"]
    assert stage["deploymentId"] == run.state("apigateway_deployment.main")["id"] != first


def test_a_method_that_somebody_changed_is_mended_and_nothing_is_deployed(
    converge: Converge, declared: list[dict[str, Any]], client: Client
) -> None:
    def drift(run: Run) -> None:
        api, gateway = run.state("apigateway_rest_api.main")["id"], client("apigateway")
        root = run.state("apigateway_rest_api.main")["rootResourceId"]
        gateway.create_resource(restApiId=api, parentId=root, pathPart="more")
        paths = {one["path"]: one["id"] for one in gateway.get_resources(restApiId=api)["items"]}
        place = {"restApiId": api, "resourceId": paths["/more"], "httpMethod": "GET"}
        gateway.put_method(**place, authorizationType="NONE")

    converge.mends(declared, drift, {"apigateway_methods.main": {"Methods"}})


def test_a_stage_that_serves_another_deployment_is_led_back(
    converge: Converge, declared: list[dict[str, Any]], client: Client
) -> None:
    def drift(run: Run) -> None:
        api = run.state("apigateway_rest_api.main")["id"]
        other = client("apigateway").create_deployment(restApiId=api, description="by hand")["id"]
        patches = [{"op": "replace", "path": "/deploymentId", "value": other}]
        client("apigateway").update_stage(restApiId=api, stageName="live", patchOperations=patches)

    converge.mends(declared, drift, {"apigateway_stage.main": {"deploymentId"}})


def test_a_new_secret_makes_a_new_key(converge: Converge, declared: list[dict[str, Any]], client: Client) -> None:
    name = declared[-1]["properties"]["secretId"]
    first = converge(declared).state("apigateway_api_key.acme")["id"]
    client("secretsmanager").put_secret_value(SecretId=name, SecretString=KEY)
    run = converge(declared)
    assert run.changed == {"apigateway_api_key.acme": {"secretId"}}
    assert KEY not in str([outcome.__dict__ for outcome in run.outcomes.values()])
    made = run.state("apigateway_api_key.acme")["id"]
    assert made != first
    assert client("apigateway").get_api_key(apiKey=made, includeValue=True)["value"] == KEY
    assert not converge(declared).changed


def test_the_account_of_others_is_left_as_it_is(
    converge: Converge, declared: list[dict[str, Any]], client: Client, ground: dict[str, Any]
) -> None:
    converge(declared)
    trust = client("iam").get_role(RoleName=ground["secret"])["Role"]["AssumeRolePolicyDocument"]
    other = client("iam").create_role(RoleName=f"{ground['secret']}-o", AssumeRolePolicyDocument=json.dumps(trust))
    arn = other["Role"]["Arn"]
    patches = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]
    client("apigateway").update_account(patchOperations=patches)
    assert not converge(declared).changed
    converge(declared, absent=True)
    assert client("apigateway").get_account()["cloudwatchRoleArn"] == arn
    client("apigateway").update_account(patchOperations=[{**patches[0], "value": ""}])


@pytest.mark.parametrize("kind", ["rest_api.main", "stage.main", "usage_plan.basic", "api_key.acme"])
def test_tags_are_mended(converge: Converge, declared: list[dict[str, Any]], client: Client, kind: str) -> None:
    def drift(run: Run) -> None:
        arn = run.state(f"apigateway_{kind}")["Arn"]
        client("apigateway").tag_resource(resourceArn=arn, tags={"foreign": "x"})
        client("apigateway").untag_resource(resourceArn=arn, tagKeys=["project"])

    converge.mends(declared, drift, {f"apigateway_{kind}": {"Tags"}})
