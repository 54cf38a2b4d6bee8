from collections import Counter

from rehearsal.edge.balance import GROUP_COOKIE, Balance, choose_group, token
from rehearsal.edge.routes import Target, TargetGroup

A, B = "arn:a", "arn:b"


def forward(stable, candidate, *, sticky=False):
    return {
        "Type": "forward",
        "ForwardConfig": {
            "TargetGroups": [{"TargetGroupArn": A, "Weight": stable}, {"TargetGroupArn": B, "Weight": candidate}],
            "TargetGroupStickinessConfig": {"Enabled": sticky, "DurationSeconds": 60},
        },
    }


def group(count=3, **attributes):
    targets = tuple(Target(f"10.0.0.{n}", 80, f"127.0.0.{n}", reachable=True) for n in range(count))
    return TargetGroup(A, "HTTP", attributes, {}, targets)


def picked(balance, one, count):
    choice = choose_group(forward(1, 0), {})
    return Counter(balance.choose_target(one, choice, {}).id for _ in range(count))


def test_weights_share_the_requests():
    seen = Counter(choose_group(forward(900, 100), {}).group for _ in range(5000))
    assert 0.07 < seen[B] / 5000 < 0.13


def test_weight_zero_gets_nothing_and_all_zero_gets_no_group():
    assert {choose_group(forward(0, 999), {}).group for _ in range(200)} == {B}
    assert choose_group(forward(0, 0), {}) is None


def test_a_cookie_keeps_its_group():
    cookies = {GROUP_COOKIE: token(A)}
    assert {choose_group(forward(1, 999, sticky=True), cookies).group for _ in range(100)} == {A}
    assert choose_group(forward(1, 999, sticky=True), {}).cookies[GROUP_COOKIE][1] == 60
    assert {choose_group(forward(0, 999), cookies).group for _ in range(100)} == {B}, "no stickiness, no cookie"


def test_round_robin_is_even():
    assert set(picked(Balance(lambda *_: True), group(), 30).values()) == {10}


def test_unhealthy_targets_get_nothing():
    assert set(picked(Balance(lambda _, key: key != "10.0.0.1:80"), group(), 30)) == {"10.0.0.0", "10.0.0.2"}


def test_it_fails_open_when_none_is_healthy():
    assert len(picked(Balance(lambda *_: False), group(), 30)) == 3


def test_it_fails_open_below_the_minimum_of_healthy_targets():
    name = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"
    one_of_three = Balance(lambda _, key: key == "10.0.0.1:80")
    assert len(picked(one_of_three, group(**{name: "50"}), 30)) == 3
    assert len(picked(one_of_three, group(**{name: "33"}), 30)) == 1


def test_least_outstanding_requests_prefers_the_idle():
    balance = Balance(lambda *_: True)
    balance.in_flight[A, "10.0.0.0:80"] = balance.in_flight[A, "10.0.0.1:80"] = 5
    assert set(picked(balance, group(**{"load_balancing.algorithm.type": "least_outstanding_requests"}), 9)) == {
        "10.0.0.2"
    }


def test_a_sticky_group_keeps_the_target():
    balance, one = Balance(lambda *_: True), group(**{"stickiness.enabled": "true", "stickiness.type": "lb_cookie"})
    choice = choose_group(forward(1, 0), {})
    first = balance.choose_target(one, choice, {})
    cookies = {name: value for name, (value, _) in choice.cookies.items()}
    assert {balance.choose_target(one, choice, cookies).id for _ in range(9)} == {first.id}


def test_an_empty_group_has_no_target():
    assert Balance(lambda *_: True).choose_target(group(0), choose_group(forward(1, 0), {}), {}) is None
