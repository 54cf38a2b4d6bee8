from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import adapter_class
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from tests.unit.adapters.converging import REGION, Converge, Run

Client = Callable[[str], Any]
API = "${apigatewayv2_api.main.ApiId}"
DOMAIN = "api.example.com"


def entry(kind: str, name: str, **properties: Any) -> dict[str, Any]:
    return {"type": f"apigatewayv2_{kind}", "name": name, "properties": properties}


@pytest.fixture
def aws(local_cloud: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the local cloud instead of moto, which cannot change a stage."""
    for name, value in local_cloud.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def ground(client: Client) -> dict[str, Any]:
    """Return a listener, what a VPC link stands in, a certificate and a log group."""
    ec2, elb, logs = client("ec2"), client("elbv2"), client("logs")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = [(f"10.0.{n}.0/24", f"{REGION}{zone}") for n, zone in enumerate("ab")]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for block, zone in zones
    ]
    group = ec2.create_security_group(VpcId=vpc, GroupName="link", Description="link")["GroupId"]
    name = f"alb-{vpc[-8:]}"
    made = elb.create_load_balancer(Name=name, Subnets=subnets, SecurityGroups=[group], Scheme="internal")
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elb.create_listener(LoadBalancerArn=arn, Port=80, Protocol="HTTP", DefaultActions=[answer])
    logs.create_log_group(logGroupName=name)
    (log,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    certificates = [certificate(client("acm")) for _ in range(2)]
    found = {"subnets": subnets, "group": group, "listener": listener["Listeners"][0]["ListenerArn"]}
    return {**found, "log": log["arn"].removesuffix(":*"), "certificates": certificates}


def certificate(acm: Any, domain: str = DOMAIN) -> str:
    """Import a certificate for a name and return its ARN."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(90))
    signed = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return str(acm.import_certificate(Certificate=signed, PrivateKey=private)["CertificateArn"])


def resources(ground: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        entry("api", "main", Name="test", ProtocolType="HTTP", Description="", DisableExecuteApiEndpoint=True),
        entry("vpc_link", "main", Name="test", SubnetIds=ground["subnets"], SecurityGroupIds=[ground["group"]]),
        entry(
            "integration",
            "v1",
            ApiId=API,
            Description="v1",
            IntegrationType="HTTP_PROXY",
            IntegrationMethod="ANY",
            IntegrationUri=ground["listener"],
            ConnectionType="VPC_LINK",
            ConnectionId="${apigatewayv2_vpc_link.main.VpcLinkId}",
            PayloadFormatVersion="1.0",
            TimeoutInMillis=29000,
            TlsConfig={"ServerNameToVerify": "web.example.com"},
            RequestParameters={"overwrite:path": "/${request.path.proxy}", "overwrite:header.host": "web.example.com"},
            ResponseParameters={"200": {"overwrite:header.deprecation": "@1801353600"}},
        ),
        entry(
            "authorizer",
            "tokens",
            ApiId=API,
            Name="tokens",
            AuthorizerType="JWT",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": "https://issuer.example.com", "Audience": ["clients"]},
        ),
        entry(
            "route",
            "v1",
            ApiId=API,
            RouteKey="ANY /v1/{proxy+}",
            Target="integrations/${apigatewayv2_integration.v1.IntegrationId}",
            AuthorizationType="JWT",
            AuthorizerId="${apigatewayv2_authorizer.tokens.AuthorizerId}",
            AuthorizationScopes=["notes:read"],
        ),
        entry(
            "stage",
            "main",
            ApiId=API,
            StageName="$default",
            AutoDeploy=True,
            DefaultRouteSettings={"ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 200},
            AccessLogSettings={"DestinationArn": ground["log"], "Format": '{"id": "$context.requestId"}'},
        ),
        entry(
            "domain_name",
            "main",
            DomainName=DOMAIN,
            DomainNameConfigurations=[{"CertificateArn": ground["certificates"][0], "EndpointType": "REGIONAL"}],
        ),
        entry(
            "api_mapping",
            "main",
            DomainName="${apigatewayv2_domain_name.main.DomainName}",
            ApiId=API,
            Stage="${apigatewayv2_stage.main.StageName}",
        ),
    ]


@pytest.fixture
def declared(converge: Converge, ground: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Return one of each; nothing of it is left afterwards."""
    every = resources(ground)
    yield every
    converge(every, absent=True)


def changed(declared: list[dict[str, Any]], key: str, **properties: Any) -> list[dict[str, Any]]:
    """Return what is declared with other properties of one."""
    return [
        {**one, "properties": {**one["properties"], **properties}} if f"{one['type']}.{one['name']}" == key else one
        for one in declared
    ]


def test_all_live(converge: Converge, declared: list[dict[str, Any]]) -> None:
    converge.lives(declared)


DRIFTS: dict[str, tuple[str, dict[str, Any]]] = {
    "api": ("apigatewayv2_api.main", {"Description": "other", "DisableExecuteApiEndpoint": False}),
    "route": ("apigatewayv2_route.v1", {"AuthorizationScopes": ["notes:write"]}),
    "stage": (
        "apigatewayv2_stage.main",
        {
            "DefaultRouteSettings": {"ThrottlingRateLimit": 1.0, "ThrottlingBurstLimit": 1},
            "StageVariables": {"a": "b"},
        },
    ),
    "authorizer": (
        "apigatewayv2_authorizer.tokens",
        {"JwtConfiguration": {"Issuer": "https://other.example.com", "Audience": ["clients", "others"]}},
    ),
    "integration": (
        "apigatewayv2_integration.v1",
        {
            "TimeoutInMillis": 1000,
            "TlsConfig": {"ServerNameToVerify": "other.example.com"},
            "RequestParameters": {"overwrite:path": "/${request.path.proxy}", "append:header.strange": "1"},
            "ResponseParameters": {"200": {"append:header.strange": "1"}, "404": {"append:header.strange": "1"}},
        },
    ),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_each_is_mended(converge: Converge, declared: list[dict[str, Any]], drift: str) -> None:
    """Another value is found and mended, also one that has more entries than are declared."""
    key, properties = DRIFTS[drift]
    basis = [
        {**one, "properties": {"StageVariables": {}, **one["properties"]}} if "stage" in one["type"] else one
        for one in declared
    ]

    def drifted(_: Run) -> None:
        converge(changed(basis, key, **properties))

    converge.mends(basis, drifted, {key: set(properties)})


def test_a_new_certificate_is_taken(converge: Converge, declared: list[dict[str, Any]], ground: dict[str, Any]) -> None:
    converge(declared)
    configured = [{"CertificateArn": ground["certificates"][1], "EndpointType": "REGIONAL"}]
    wanted = changed(declared, "apigatewayv2_domain_name.main", DomainNameConfigurations=configured)
    assert converge(wanted).changed == {"apigatewayv2_domain_name.main": {"DomainNameConfigurations"}}
    assert converge(wanted).changed == {}


@pytest.mark.parametrize("kind", ["api.main", "vpc_link.main", "stage.main", "domain_name.main"])
def test_tags_are_mended(converge: Converge, declared: list[dict[str, Any]], client: Client, kind: str) -> None:
    def drift(run: Run) -> None:
        arn = run.state(f"apigatewayv2_{kind}")["Arn"]
        client("apigatewayv2").tag_resource(ResourceArn=arn, Tags={"foreign": "x"})
        client("apigatewayv2").untag_resource(ResourceArn=arn, TagKeys=["project"])

    converge.mends(declared, drift, {f"apigatewayv2_{kind}": {"Tags"}})


def test_a_link_does_not_move(converge: Converge, declared: list[dict[str, Any]], ground: dict[str, Any]) -> None:
    converge(declared)
    moved = changed(declared, "apigatewayv2_vpc_link.main", SubnetIds=ground["subnets"][:1])
    assert "SubnetIds is" in converge(moved, fails=True).failures[0]


@pytest.mark.parametrize(("status", "usable"), [("AVAILABLE", True), ("INACTIVE", True), ("PENDING", False)])
def test_a_link_without_requests_for_long_is_woken_by_the_next(status: str, usable: bool) -> None:
    assert adapter_class("apigatewayv2_vpc_link")(Cloud(REGION)).ready({"VpcLinkStatus": status}) is usable
