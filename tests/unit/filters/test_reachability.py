from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.filter.reachability import reachability

NAMES = {"sg-a": "a", "sg-b": "b"}


def rule(
    group: str, peer: str, ports: tuple[int, int] | None = (80, 80), *, egress: bool = False, protocol: str = "tcp"
) -> dict[str, Any]:
    side = {"ReferencedGroupInfo": {"GroupId": peer}} if peer.startswith("sg-") else {"CidrIpv4": peer}
    first, last = ports or (-1, -1)
    return {"GroupId": group, "IsEgress": egress, "IpProtocol": protocol, "FromPort": first, "ToPort": last, **side}


BOTH = [rule("sg-b", "sg-a"), rule("sg-a", "sg-b", egress=True)]


@pytest.mark.parametrize(
    ("rules", "paths"),
    [
        ([], []),
        (BOTH, ["a -> b:80"]),
        (BOTH[:1], []),
        (BOTH[1:], []),
        ([rule("sg-b", "sg-a", (80, 90)), rule("sg-a", "sg-b", (85, 95), egress=True)], ["a -> b:85-90"]),
        ([rule("sg-b", "sg-a", (80, 84)), rule("sg-a", "sg-b", (85, 95), egress=True)], []),
        ([rule("sg-b", "sg-a", None, protocol="-1"), rule("sg-a", "sg-b", egress=True)], ["a -> b:80"]),
        ([rule("sg-b", "sg-a", protocol="udp"), rule("sg-a", "sg-b", egress=True)], []),
        (
            [rule("sg-b", "sg-a", protocol="udp"), rule("sg-a", "sg-b", egress=True, protocol="udp")],
            ["a -> b:80/udp"],
        ),
        ([rule("sg-b", "sg-a"), rule("sg-a", "0.0.0.0/0", egress=True)], ["a -> 0.0.0.0/0:80", "a -> b:80"]),
        ([rule("sg-b", "sg-a"), rule("sg-a", "192.0.2.0/24", egress=True)], ["a -> 192.0.2.0/24:80"]),
        ([rule("sg-a", "0.0.0.0/0", None, protocol="-1")], ["0.0.0.0/0 -> a:all"]),
        ([rule("sg-a", "sg-unknown")], ["sg-unknown -> a:80"]),
        ([rule("sg-a", "sg-a"), rule("sg-a", "sg-a", egress=True)], ["a -> a:80"]),
    ],
)
def test_reachability(rules: list[dict[str, Any]], paths: list[str]) -> None:
    assert reachability(rules, NAMES, ["10.0.0.0/16"]) == paths
