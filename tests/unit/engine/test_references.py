"""References, and text around them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.references import Reference, references, resolve, scoped
from ansible_collections.slipway.aws.plugins.plugin_utils.unknown import Unknown, has_unknown, shown

VALUES: dict[str, Any] = {
    "ec2_vpc.main.VpcId": "vpc-1",
    "output.network.subnet_ids": ["a", "b"],
    "cloud.current.account": "123456789012",
    "thing.web/a.Endpoint.Port": 5432,
    "thing.new.Id": Unknown("thing.new.Id"),
}


def lookup(reference: Reference) -> Any:
    return VALUES[str(reference)]


@pytest.mark.parametrize(
    ("declared", "resolved"),
    [
        ("${ec2_vpc.main.VpcId}", "vpc-1"),
        ("${output.network.subnet_ids}", ["a", "b"]),
        ("arn:aws:s3:::${cloud.current.account}-${ec2_vpc.main.VpcId}/*", "arn:aws:s3:::123456789012-vpc-1/*"),
        ("${thing.web/a.Endpoint.Port}", 5432),
        ({"${ec2_vpc.main.VpcId}": ["${cloud.current.account}"]}, {"vpc-1": ["123456789012"]}),
        ("${nothing}", "${nothing}"),
        ("$${x", "$${x"),
        (7, 7),
        (None, None),
        (True, True),
    ],
)
def test_resolves(declared: Any, resolved: Any) -> None:
    assert resolve(declared, lookup) == resolved


def test_text_around_something_unknown_is_unknown() -> None:
    assert resolve("arn:${thing.new.Id}/x", lookup) == Unknown("thing.new.Id")


def test_finds_every_reference_once_a_place() -> None:
    found = list(references({"${a.b.C}": ["x${d.e.F}y${d.e.G}", {"k": ("${h.i.J}",)}], "n": 1}))
    assert [str(reference) for reference in found] == ["a.b.C", "d.e.F", "d.e.G", "h.i.J"]


def test_scoping_leaves_outputs_and_the_account_alone() -> None:
    declared = {"a": ["${thing.x.Id}-${output.network.vpc_id}"], "b": "${cloud.current.region}"}
    assert scoped(declared, "web") == {
        "a": ["${thing.web/x.Id}-${output.network.vpc_id}"],
        "b": "${cloud.current.region}",
    }


def test_unknown_values_are_found_and_shown_wherever_they_are() -> None:
    value = {"a": [{"b": Unknown("x.y.Z")}]}
    assert has_unknown(value)
    assert shown(value) == {"a": [{"b": "(known after apply: x.y.Z)"}]}
    assert not has_unknown(shown(value))
