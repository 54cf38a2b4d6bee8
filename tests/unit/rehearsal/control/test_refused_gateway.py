"""What AWS refuses of HTTP APIs is refused, with its error code."""

import pytest

from tests.unit.rehearsal.control.cloud import REGION, name, refusal

TOKENS = {"Issuer": "https://issuer.example.com", "Audience": ["clients"]}
LISTENER = f"arn:aws:elasticloadbalancing:{REGION}:123456789012:listener/app/a/b/c"


def api(cloud):
    return cloud.apigatewayv2.create_api(Name=name(), ProtocolType="HTTP")["ApiId"]


def link(cloud):
    vpc = cloud.vpc()
    settings = {"SubnetIds": cloud.subnets(vpc), "SecurityGroupIds": [cloud.group(vpc, name())]}
    return cloud.apigatewayv2.create_vpc_link(Name=name(), **settings)["VpcLinkId"]


def integration(cloud, owner=None, **more):
    settings = {"ApiId": owner or api(cloud), "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY"}
    return {**settings, "IntegrationUri": "https://example.com", "PayloadFormatVersion": "1.0", **more}


def refused_integration(cloud, **more):
    return refusal(cloud.apigatewayv2.create_integration, **integration(cloud, **more))


def authorizer(cloud, **more):
    settings = {"ApiId": api(cloud), "Name": "tokens", "AuthorizerType": "JWT", "JwtConfiguration": TOKENS}
    return {**settings, "IdentitySource": ["$request.header.Authorization"], **more}


def refused_authorizer(cloud, **more):
    return refusal(cloud.apigatewayv2.create_authorizer, **authorizer(cloud, **more))


def route(cloud, owner, key="GET /a", **more):
    made = cloud.apigatewayv2.create_integration(**integration(cloud, owner))["IntegrationId"]
    given = {"Target": f"integrations/{made}", "ApiId": owner, "RouteKey": key, **more}
    return given, cloud.apigatewayv2.create_route(**given)


def same_route(cloud):
    given, _ = route(cloud, api(cloud))
    return refusal(cloud.apigatewayv2.create_route, **given)


def integration_in_use(cloud):
    owner = api(cloud)
    given, _ = route(cloud, owner)
    used = given["Target"].removeprefix("integrations/")
    return refusal(cloud.apigatewayv2.delete_integration, ApiId=owner, IntegrationId=used)


def authorizer_in_use(cloud):
    given = authorizer(cloud)
    made = cloud.apigatewayv2.create_authorizer(**given)["AuthorizerId"]
    route(cloud, given["ApiId"], AuthorizationType="JWT", AuthorizerId=made)
    return refusal(cloud.apigatewayv2.delete_authorizer, ApiId=given["ApiId"], AuthorizerId=made)


def refused_stage(cloud, **more):
    return refusal(cloud.apigatewayv2.create_stage, ApiId=api(cloud), StageName="$default", **more)


def log_format_without_a_number(cloud):
    group = name()
    cloud.logs.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:{REGION}:{cloud.world.account}:log-group:{group}"
    return refused_stage(cloud, AccessLogSettings={"DestinationArn": arn, "Format": "$context.status"})


def log_group_that_is_not_there(cloud):
    arn = f"arn:aws:logs:{REGION}:{cloud.world.account}:log-group:{name()}"
    return refused_stage(cloud, AccessLogSettings={"DestinationArn": arn, "Format": "$context.requestId"})


def stage_twice(cloud):
    owner = api(cloud)
    cloud.apigatewayv2.create_stage(ApiId=owner, StageName="one")
    return refusal(cloud.apigatewayv2.create_stage, ApiId=owner, StageName="one")


def domain_without_a_certificate(cloud):
    arn = f"arn:aws:acm:{REGION}:{cloud.world.account}:certificate/none"
    configured = [{"CertificateArn": arn, "EndpointType": "REGIONAL"}]
    return refusal(
        cloud.apigatewayv2.create_domain_name, DomainName="api.example.com", DomainNameConfigurations=configured
    )


def link_over_two_networks(cloud):
    subnets = [cloud.subnets(cloud.vpc())[0] for _ in range(2)]
    return refusal(cloud.apigatewayv2.create_vpc_link, Name=name(), SubnetIds=subnets)


def link_in_a_zone_without_links(cloud):
    made = cloud.vpc()
    block = made["CidrBlock"].replace(".0.0/16", ".0.0/24")
    subnet = cloud.ec2.create_subnet(VpcId=made["VpcId"], CidrBlock=block, AvailabilityZoneId="use1-az3")["Subnet"]
    return refusal(cloud.apigatewayv2.create_vpc_link, Name=name(), SubnetIds=[subnet["SubnetId"]])


def link_to_an_address(cloud):
    return refused_integration(cloud, ConnectionType="VPC_LINK", ConnectionId=link(cloud))


BAD, CONFLICT = "BadRequestException", "ConflictException"
REFUSALS = {
    "same route": (same_route, CONFLICT),
    "integration in use": (integration_in_use, CONFLICT),
    "authorizer in use": (authorizer_in_use, CONFLICT),
    "stage twice": (stage_twice, CONFLICT),
    "log format without a number": (log_format_without_a_number, BAD),
    "log group that is not there": (log_group_that_is_not_there, BAD),
    "domain without a certificate": (domain_without_a_certificate, BAD),
    "link over two networks": (link_over_two_networks, BAD),
    "link in a zone without links": (link_in_a_zone_without_links, BAD),
    "link to an address": (link_to_an_address, BAD),
    "link that is not there": (
        lambda cloud: refused_integration(
            cloud, ConnectionType="VPC_LINK", ConnectionId="none", IntegrationUri=LISTENER
        ),
        BAD,
    ),
    "restricted header": (
        lambda cloud: refused_integration(cloud, RequestParameters={"overwrite:header.Authorization": "x"}),
        BAD,
    ),
    "mapping of nonsense": (lambda cloud: refused_integration(cloud, RequestParameters={"set:body": "x"}), BAD),
    "status that is none": (
        lambda cloud: refused_integration(cloud, ResponseParameters={"2xx": {"append:header.a": "b"}}),
        BAD,
    ),
    "long time-out": (lambda cloud: refused_integration(cloud, TimeoutInMillis=30_001), BAD),
    "payload of functions": (lambda cloud: refused_integration(cloud, PayloadFormatVersion="2.0"), BAD),
    "issuer without TLS": (
        lambda cloud: refused_authorizer(cloud, JwtConfiguration={**TOKENS, "Issuer": "http://issuer.example.com"}),
        BAD,
    ),
    "tokens for anybody": (
        lambda cloud: refused_authorizer(cloud, JwtConfiguration={"Issuer": TOKENS["Issuer"]}),
        BAD,
    ),
    "two places of a token": (
        lambda cloud: refused_authorizer(cloud, IdentitySource=["$request.header.A", "$request.header.B"]),
        BAD,
    ),
    "limit of a route that is not there": (
        lambda cloud: refused_stage(cloud, RouteSettings={"GET /none": {"ThrottlingBurstLimit": 1}}),
        "NotFoundException",
    ),
}


@pytest.mark.parametrize("wrong", REFUSALS)
def test_refused(cloud, wrong):
    call, code = REFUSALS[wrong]
    assert call(cloud) == code
