"""A connection that a client keeps open goes where the weights say at each request: none is cut, none stays behind."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.unit.rehearsal.edge.cloud import Target, forward

PORT = 8083


@pytest.fixture(scope="module")
def groups(alb, network):
    targets = [Target(network, text) for text in ("blue", "green")]
    arns = [alb.group(f"stays-{one.text}") for one in targets]
    yield list(zip(arns, targets, strict=True))
    for one in targets:
        one.stop()


def get(connection):
    connection.request("GET", "/notes")
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_a_connection_that_stays_follows_every_shift(cloud, alb, groups):
    (blue, _), (green, _) = groups
    listener = alb.listener(PORT, forward((blue, 999), (green, 0)))
    for arn, target in groups:
        alb.elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": target.id, "Port": target.port}])
        alb.await_health(arn, "healthy")
    proxy = urlsplit(cloud.world.store["edge.proxy"])
    connection = HTTPConnection(proxy.hostname, proxy.port, timeout=10)
    connection.set_tunnel(alb.dns, PORT)
    assert get(connection) == (200, "blue")
    opened = connection.sock
    assert opened is not None
    for weights, serves in (((0, 999), "green"), ((999, 0), "blue"), ((0, 999), "green")):
        action = forward((blue, weights[0]), (green, weights[1]))
        alb.elb.modify_listener(ListenerArn=listener, DefaultActions=[action])
        assert [get(connection) for _ in range(5)] == [(200, serves)] * 5
        assert connection.sock is opened
    connection.close()
