import pytest

from tests.unit.rehearsal.edge.cloud import Target, fixed, forward


@pytest.fixture(scope="module")
def target(network):
    one = Target(network, "one")
    yield one
    one.stop()


@pytest.fixture(scope="module")
def group(alb, target):
    arn = alb.group("one")
    alb.listener(8081, forward((arn, 1)))
    alb.elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": target.id, "Port": target.port}])
    alb.await_health(arn, "healthy")
    return arn


def test_a_fixed_response(cloud, alb):
    alb.listener(80, fixed("nobody here", "404"))
    answer = cloud.http().get(f"http://{alb.dns}/")
    assert (answer.status_code, answer.text) == (404, "nobody here")
    assert answer.headers["Server"] == "awselb/2.0"


def test_a_target_gets_the_request_with_the_headers_of_a_load_balancer(cloud, alb, group, target):
    answer = cloud.http().post(
        f"http://{alb.dns}:8081/a%20b?c=d", data=b"x" * 1000, headers={"X-Forwarded-For": "192.0.2.7"}
    )
    assert (answer.status_code, answer.text) == (200, "one")
    method, path, headers, body = target.seen[-1]
    assert (method, path, len(body)) == ("POST", "/a%20b?c=d", 1000)
    assert headers["X-Forwarded-For"] == "192.0.2.7, 198.51.100.10"
    assert (headers["X-Forwarded-Proto"], headers["X-Forwarded-Port"]) == ("http", "8081")
    assert headers["X-Amzn-Trace-Id"].startswith("Root=1-")
    assert headers["Host"] == f"{alb.dns}:8081"
