"""REST APIs carry requests to a load balancer: keys, plans, web ACLs, tokens, mappings and templates."""

import json
import uuid

import pytest

from tests.unit.rehearsal.edge.cloud import REGION, Balancer, forward
from tests.unit.rehearsal.edge.gateway_parts import AUDIENCE
from tests.unit.rehearsal.edge.test_gateway import certificate, issuer, target, until  # noqa: F401  fixtures

DOMAIN, LOG = "rest.example.test", "/apis/rest"
KEYS = {"one": "1" * 20, "two": "2" * 20, "poor": "3" * 20, "nobody": "4" * 20}
FORM = json.dumps(
    {"id": "$context.requestId", "path": "$context.resourcePath", "status": "$context.status"}
    | {"key": "$context.identity.apiKeyId", "who": "$context.authorizer.claims.sub"}
)
TURNED = '#set($body = $input.path("$"))#set($context.requestOverride.header.kind = $body.kind){"turned": "$body.text"}'
ANSWER = '#set($context.responseOverride.status = 202){"answer": "$util.escapeJavaScript($input.body)"}'


class Rest:
    """A REST API before a load balancer, with a domain name of its own."""

    def __init__(self, network, balancer, secured):
        self.cloud, self.client = network.cloud, network.cloud.client("apigateway")
        second = network.cloud.client("apigatewayv2")
        made = self.client.create_rest_api(
            name="rest", endpointConfiguration={"types": ["REGIONAL"]}, disableExecuteApiEndpoint=True
        )
        self.id, self.paths = made["id"], {"": made["rootResourceId"]}
        group = network.group("link-rest")
        link = second.create_vpc_link(Name="rest", SubnetIds=network.subnets, SecurityGroupIds=[group])
        self.link, self.balancer, self.certificate = link["VpcLinkId"], balancer, secured

    def path(self, path):
        if path not in self.paths:
            above, _, part = path.rpartition("/")
            made = self.client.create_resource(restApiId=self.id, parentId=self.path(above), pathPart=part)
            self.paths[path] = made["id"]
        return self.paths[path]

    def method(self, path, uri="/{proxy}", *, answers=None, integration=None, **method):
        place = {"restApiId": self.id, "resourceId": self.path(path), "httpMethod": "ANY"}
        parameters = {"method.request.path.proxy": True} if "{proxy" in path else {}
        given = {"authorizationType": "NONE", "requestParameters": parameters, **method}
        self.client.put_method(**place, **given)
        mapped = {"integration.request.path.proxy": "method.request.path.proxy"} if "{proxy" in path else {}
        inner = {"type": "HTTP_PROXY", "requestParameters": {}, **(integration or {})}
        inner["requestParameters"] = {**mapped, **inner["requestParameters"]}
        self.client.put_integration(
            **place,
            **inner,
            integrationHttpMethod="ANY",
            uri=f"https://{DOMAIN}{uri}",
            connectionType="VPC_LINK",
            connectionId=self.link,
            integrationTarget=self.balancer,
        )
        for status, one in (answers or {}).items():
            shown = dict.fromkeys(one.get("responseParameters", {}), False)
            self.client.put_method_response(**place, statusCode=status, responseParameters=shown)
            self.client.put_integration_response(**place, statusCode=status, **one)

    def deploy(self):
        return self.client.create_deployment(restApiId=self.id)["id"]

    def serve(self, deployment):
        patches = [{"op": "replace", "path": "/deploymentId", "value": deployment}]
        self.client.update_stage(restApiId=self.id, stageName="live", patchOperations=patches)

    def plan(self, name, **limits):
        stages = [{"apiId": self.id, "stage": "live"}]
        return self.client.create_usage_plan(name=name, apiStages=stages, **limits)["id"]

    def key(self, name, plan=None):
        made = self.client.create_api_key(name=name, value=KEYS[name], enabled=True)["id"]
        if plan:
            self.client.create_usage_plan_key(usagePlanId=plan, keyId=made, keyType="API_KEY")
        return made

    def named(self):
        second, route53 = self.cloud.client("apigatewayv2"), self.cloud.client("route53")
        configured = [{"CertificateArn": self.certificate, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}]
        made = second.create_domain_name(DomainName=DOMAIN, DomainNameConfigurations=configured)
        second.create_api_mapping(DomainName=DOMAIN, ApiId=self.id, Stage="live")
        told = made["DomainNameConfigurations"][0]
        alias = {"HostedZoneId": told["HostedZoneId"], "DNSName": told["ApiGatewayDomainName"]}
        zone = route53.create_hosted_zone(Name=DOMAIN, CallerReference=str(uuid.uuid4()))["HostedZone"]["Id"]
        record = {"Name": DOMAIN, "Type": "A", "AliasTarget": {**alias, "EvaluateTargetHealth": False}}
        change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)


def methods(one, trusted):
    """Give an API a method of each kind."""
    version = {"integration.request.header.api-version": "'1'"}
    one.method("/v1/{proxy+}", "/old/{proxy}", apiKeyRequired=True, integration={"requestParameters": version})
    header = "method.response.header."
    mapped = {f"{header}sunset": "'soon'", f"{header}x-from": "integration.response.header.X-From"}
    turned = {
        "type": "HTTP",
        "passthroughBehavior": "NEVER",
        "requestTemplates": {"application/json": TURNED},
        "requestParameters": {"integration.request.querystring.limit": "method.request.querystring.limit"},
    }
    one.method(
        "/turned",
        "/turned",
        requestParameters={"method.request.querystring.limit": False},
        integration=turned,
        answers={"200": {"responseParameters": mapped, "responseTemplates": {"application/json": ANSWER}}},
    )
    jwt = {
        "issuers": [{"issuer": trusted.url, "audiences": [AUDIENCE]}],
        "defaultAlgorithms": ["RS256"],
    }
    authorizer = one.client.create_authorizer(
        restApiId=one.id,
        name="tokens",
        type="JWT",
        identitySource="method.request.header.Authorization",
        jwtConfiguration=jwt,
    )["id"]
    guarded = {"authorizationType": "JWT", "authorizerId": authorizer}
    one.method("/tokens", "/tokens", **guarded)
    one.method("/scoped", "/scoped", **guarded, authorizationScopes=["notes:read"])
    one.method("/open", "/open")


@pytest.fixture(scope="module")
def balancer(network, target, certificate):  # noqa: F811
    one = Balancer(network, "rest")
    arn = one.group("behind-rest")
    one.listener(443, forward((arn, 1)), Protocol="HTTPS", Certificates=[{"CertificateArn": certificate}])
    one.elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": target.id, "Port": target.port}])
    one.await_health(arn, "healthy")
    return one.arn


@pytest.fixture(scope="module")
def api(cloud, network, balancer, issuer, certificate):  # noqa: F811
    one = Rest(network, balancer, certificate)
    methods(one, issuer)
    one.client.create_stage(restApiId=one.id, stageName="live", deploymentId=one.deploy())
    one.key("one", plan := one.plan("often", throttle={"rateLimit": 0.01, "burstLimit": 5}))
    one.key("two", plan)
    one.key("poor", one.plan("seldom", quota={"limit": 2, "period": "MONTH"}))
    one.key("nobody")
    one.named()
    until(lambda: cloud.http().get(f"https://{DOMAIN}/nowhere").status_code == 403)
    return one


@pytest.fixture
def call(cloud, api):
    def called(path, key="", token="", method="GET", host=DOMAIN, headers=None, **given):
        own = {"x-api-key": KEYS[key]} if key else {}
        own |= {"Authorization": f"Bearer {token}"} if token else {}
        return cloud.http().request(method, f"https://{host}{path}", headers={**own, **(headers or {})}, **given)

    return called


def test_only_a_key_of_a_plan_lets_one_in_and_each_has_its_own_limit(call, target):  # noqa: F811
    for key, headers in (("", {}), ("nobody", {}), ("", {"x-api-key": "wrong"})):
        refused = call("/v1/a", key, headers=headers)
        assert (refused.status_code, refused.json()) == (403, {"message": "Forbidden"})
    answers = [call("/v1/a%20b?c=d", "one") for _ in range(7)]
    assert [one.status_code for one in answers] == [200] * 5 + [429] * 2
    assert answers[-1].json() == {"message": "Too Many Requests"}
    assert call("/v1/a", "two").status_code == 200


def test_a_proxy_passes_on_what_comes_and_what_is_mapped(call, target):  # noqa: F811
    assert call("/v1/a%20b?c=d", "two", headers={"x-own": "1"}).headers["X-From"]
    _, path, headers, _ = target.seen[-1]
    assert path == "/old/a%20b?c=d"
    assert (headers["api-version"], headers["x-own"], headers["Host"]) == ("1", "1", DOMAIN)
    assert headers["X-Forwarded-For"] == "198.51.100.10, 10.0.0.10"
    assert "x-api-key" not in headers


def test_a_quota_ends(call):
    answers = [call("/v1/a", "poor") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1].json() == {"message": "Limit Exceeded"}
    assert answers[-1].headers["x-amzn-ErrorType"] == "LimitExceededException"


def test_templates_make_other_bodies_and_only_what_is_mapped_goes_on(call, target):  # noqa: F811
    sent = {"text": "hello", "kind": "note"}
    answer = call("/turned?limit=3&other=4", method="POST", json=sent, headers={"x-own": "1"})
    method, path, headers, body = target.seen[-1]
    assert (method, path, json.loads(body)) == ("POST", "/turned?limit=3", {"turned": "hello"})
    assert headers["kind"] == "note"
    assert "x-own" not in headers
    assert (answer.status_code, answer.json()) == (202, {"answer": "one"})
    assert (answer.headers["sunset"], answer.headers["Content-Type"]) == ("soon", "application/json")
    assert answer.headers["x-from"]
    assert call("/turned", method="POST", data="a", headers={"Content-Type": "text/csv"}).status_code == 415
    assert call("/turned", method="POST", data="{", headers={"Content-Type": "application/json"}).status_code == 500


def test_tokens_are_checked_against_the_issuer(call, issuer):  # noqa: F811
    assert call("/tokens").status_code == 401
    assert call("/tokens", "", "a.b.c").status_code == 401
    assert call("/tokens", token=issuer.token(aud="others")).json() == {"message": "Unauthorized"}
    assert call("/tokens", token=issuer.token()).status_code == 200
    assert call("/scoped", token=issuer.token(scope="notes:write")).status_code == 403
    assert call("/scoped", token=issuer.token(scope="notes:read")).status_code == 200


def test_only_its_own_name_is_open(call, api):
    assert call("/open").status_code == 200
    assert call("/live/open", host=f"{api.id}.execute-api.{REGION}.amazonaws.com").status_code == 403
    assert call("/nothing").json() == {"message": "Missing Authentication Token"}


def test_a_web_acl_stands_before_the_stage(call, api, cloud):
    waf = cloud.client("wafv2")
    shown = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "rest"}
    match = {
        "RegexString": "^/open$",
        "FieldToMatch": {"UriPath": {}},
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }
    rule = {"Name": "open", "Priority": 0, "Statement": {"RegexMatchStatement": match}, "Action": {"Block": {}}}
    made = waf.create_web_acl(
        Name="rest",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig=shown,
        Rules=[{**rule, "VisibilityConfig": shown}],
    )["Summary"]["ARN"]
    place = f"arn:aws:apigateway:{REGION}::/restapis/{api.id}/stages/"
    with pytest.raises(waf.exceptions.WAFNonexistentItemException):
        waf.associate_web_acl(WebACLArn=made, ResourceArn=f"{place}other")
    waf.associate_web_acl(WebACLArn=made, ResourceArn=f"{place}live")
    until(lambda: call("/open").status_code == 403)
    assert call("/open").json() == {"message": "Forbidden"}
    assert call("/turned", method="POST", json={}).status_code == 202
    waf.disassociate_web_acl(ResourceArn=f"{place}live")
    until(lambda: call("/open").status_code == 200)


def test_a_stage_serves_what_was_deployed_and_writes_a_line_a_request(call, api, cloud, issuer):  # noqa: F811
    logs, iam = cloud.client("logs"), cloud.client("iam")
    logs.create_log_group(logGroupName=LOG)
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="rest-logs", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    destination = f"arn:aws:logs:{REGION}:123456789012:log-group:{LOG}"
    patches = [
        {"op": "replace", "path": f"/accessLogSettings/{name}", "value": value}
        for name, value in (("destinationArn", destination), ("format", FORM))
    ]
    stage = {"restApiId": api.id, "stageName": "live", "patchOperations": patches}
    with pytest.raises(api.client.exceptions.BadRequestException, match="role ARN must be set"):
        api.client.update_stage(**stage)
    api.client.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}])
    api.client.update_stage(**stage)
    api.method("/later", "/later")
    assert call("/later").status_code == 403
    api.serve(api.deploy())
    until(lambda: call("/later").status_code == 200)
    number = call("/tokens", token=issuer.token()).headers["x-amzn-RequestId"]
    until(lambda: line(logs, number))
    assert json.loads(line(logs, number)[0]) == {
        "id": number,
        "path": "/tokens",
        "status": "200",
        "key": "-",
        "who": "someone",
    }


def line(logs, number):
    events = logs.filter_log_events(logGroupName=LOG)["events"]
    return [one["message"] for one in events if number in one["message"]]
