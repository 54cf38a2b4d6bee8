import socket
from urllib.parse import urlsplit

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


@pytest.mark.parametrize(("path", "asked"), [("/a?b=c", "/a?b=c"), ("?b=c", "/?b=c")])
def test_the_address_of_a_request_may_be_whole(cloud, alb, group, target, path, asked):
    host = f"{alb.dns}:8081"
    proxy = urlsplit(cloud.world.store["edge.proxy"])
    with socket.create_connection((proxy.hostname, proxy.port), timeout=5) as connection:
        connection.sendall(f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        connection.sendall(f"GET http://{host}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
    assert target.seen[-1][1] == asked


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
