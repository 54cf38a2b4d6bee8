"""API Gateway carries requests to a load balancer, and refuses those that it should."""

import contextlib
import json
import time
import uuid

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.unit.rehearsal.edge.cloud import Target, forward
from tests.unit.rehearsal.edge.gateway_parts import Api, Issuer

DOMAIN = "api.example.test"
FORM = json.dumps(
    {"id": "$context.requestId", "route": "$context.routeKey", "status": "$context.status"}
    | {"who": "$context.authorizer.claims.sub"}
)
LOG = "/apis/test"


@pytest.fixture(scope="module")
def target(network):
    one = Target(network, "one")
    yield one
    one.stop()


@pytest.fixture(scope="module")
def certificate(cloud):
    chain, key = cloud.world.authority.issue(["*.example.test", "example.test"])
    first, end, rest = chain.read_text().partition("-----END CERTIFICATE-----\n")
    imported = cloud.client("acm").import_certificate(
        Certificate=first + end, PrivateKey=key.read_bytes(), CertificateChain=rest or cloud.world.authority.root_pem
    )
    return imported["CertificateArn"]


@pytest.fixture(scope="module")
def listener(alb, target, certificate):
    arn = alb.group("behind-gateway")
    made = alb.listener(443, forward((arn, 1)), Protocol="HTTPS", Certificates=[{"CertificateArn": certificate}])
    alb.elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": target.id, "Port": target.port}])
    alb.await_health(arn, "healthy")
    return made


@pytest.fixture(scope="module")
def issuer(cloud):
    one = Issuer(*cloud.world.authority.issue(["localhost"]))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def api(cloud, network, listener, issuer, certificate):
    one = Api(network, listener, DOMAIN)
    guarded = {"AuthorizationType": "JWT", "AuthorizerId": one.authorizer(issuer)}
    ended = {"200": {"append:header.deprecation": "@1767225600", "remove:header.x-from": "''"}}
    old = one.integration(
        RequestParameters={"overwrite:header.api-version": "1"}
        | {"overwrite:path": "/old/${request.path.proxy}", "append:header.who": "$context.authorizer.claims.sub"},
        ResponseParameters=ended,
    )
    one.route("ANY /v1/{proxy+}", old, **guarded)
    one.route("GET /v1/scoped", **guarded, AuthorizationScopes=["notes:read"])
    one.route("GET /status/{code}", one.integration(ResponseParameters=ended))
    one.route("GET /open")
    one.route("GET /seldom")
    cloud.client("logs").create_log_group(logGroupName=LOG)
    region = cloud.client("logs").meta.region_name
    one.stage(
        DefaultRouteSettings={"ThrottlingRateLimit": 1000.0, "ThrottlingBurstLimit": 1000},
        RouteSettings={"GET /seldom": {"ThrottlingRateLimit": 0.01, "ThrottlingBurstLimit": 3}},
        AccessLogSettings={"DestinationArn": f"arn:aws:logs:{region}:123456789012:log-group:{LOG}", "Format": FORM},
    )
    one.target = one.named(certificate)
    route53 = cloud.client("route53")
    zone = route53.create_hosted_zone(Name="example.test", CallerReference=str(uuid.uuid4()))["HostedZone"]["Id"]
    alias = {"HostedZoneId": one.target["HostedZoneId"], "DNSName": one.target["ApiGatewayDomainName"]}
    record = {"Name": DOMAIN, "Type": "A", "AliasTarget": {**alias, "EvaluateTargetHealth": False}}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
    until(lambda: cloud.http().get(f"https://{DOMAIN}/nowhere").status_code == 404)
    return one


def until(done, seconds=8):
    """Ask until the answer is yes; routing follows DNS and security groups a little later."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(requests.ConnectionError):
            if done():
                return
        time.sleep(0.1)
    assert done()


@pytest.fixture
def get(cloud, api):
    def got(path, token=None, host=DOMAIN, **headers):
        given = {"Authorization": f"Bearer {token}"} if token else {}
        return cloud.http().get(f"https://{host}{path}", headers={**given, **headers})

    return got


def test_a_route_leads_to_the_load_balancer_with_what_is_mapped(get, target, issuer):
    answer = get("/v1/a%20b?c=d", issuer.token())
    assert (answer.status_code, answer.text) == (200, "one")
    _, path, headers, _ = target.seen[-1]
    assert path == "/old/a%20b?c=d"
    assert (headers["api-version"], headers["who"]) == ("1", "someone")
    assert headers["Forwarded"] == f"for=198.51.100.10;host={DOMAIN};proto=https"
    assert headers["X-Forwarded-For"] == "10.0.0.10"  # the link's address is what the load balancer sees
    assert answer.headers["deprecation"] == "@1767225600"
    assert "X-From" not in answer.headers
    assert answer.headers["apigw-requestid"]


def test_a_mapping_is_for_the_status_that_it_names(get):
    answer = get("/status/404")
    assert (answer.status_code, answer.headers.get("deprecation")) == (404, None)
    assert get("/status/200").headers["deprecation"] == "@1767225600"


WRONG = {
    "none": lambda _: None,
    "garbage": lambda _: "a.b.c",
    "of another key": lambda issuer: issuer.token(key=rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "of an unknown key": lambda issuer: issuer.token(kid="other"),
    "of another issuer": lambda issuer: issuer.token(iss="https://elsewhere.example"),
    "for others": lambda issuer: issuer.token(aud="others"),
    "expired": lambda issuer: issuer.token(exp=int(time.time()) - 1),
    "not valid yet": lambda issuer: issuer.token(nbf=int(time.time()) + 60),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_token_is_refused(get, issuer, target, wrong):
    seen = len(target.seen)
    answer = get("/v1/notes", WRONG[wrong](issuer))
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert len(target.seen) == seen


def test_keys_of_an_issuer_are_remembered(get, issuer):
    get("/v1/notes", issuer.token())
    before = issuer.fetched
    assert get("/v1/notes", issuer.token()).status_code == 200
    assert issuer.fetched == before


def test_a_token_without_the_scope_is_forbidden(get, issuer):
    assert get("/v1/scoped", issuer.token()).status_code == 403
    assert get("/v1/scoped", issuer.token(scope="other notes:read")).status_code == 200


def test_what_has_no_route_is_not_found(get):
    answer = get("/nowhere")
    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


def test_a_route_is_called_no_more_often_than_its_limit(get):
    assert [get("/seldom").status_code for _ in range(5)] == [200, 200, 200, 429, 429]


def test_it_answers_under_its_own_name_until_that_is_switched_off(cloud, get, api):
    own = f"{api.id}.execute-api.eu-central-1.amazonaws.com"
    assert get("/open", host=own).status_code == 200
    api.client.update_api(ApiId=api.id, DisableExecuteApiEndpoint=True)
    assert get("/open", host=own).status_code == 403
    assert get("/open").status_code == 200


def test_a_link_that_the_security_groups_stop_is_unavailable(cloud, network, get, api):
    ec2 = network.ec2
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=api.group, IpPermissions=everything)
    until(lambda: get("/open").status_code == 503)
    ec2.authorize_security_group_egress(GroupId=api.group, IpPermissions=everything)
    until(lambda: get("/open").status_code == 200)


def test_requests_are_logged_in_the_format_of_the_stage(cloud, get, issuer):
    number = get("/v1/logged", issuer.token()).headers["apigw-requestid"]

    def found():
        events = cloud.client("logs").filter_log_events(logGroupName=LOG)["events"]
        return [line for line in (json.loads(event["message"]) for event in events) if line["id"] == number]

    until(found)
    assert found() == [{"id": number, "route": "ANY /v1/{proxy+}", "status": "200", "who": "someone"}]
