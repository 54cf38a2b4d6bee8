"""State files: ids are read, and whatever is none that can be read is refused with what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.claims import from_state
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

STUB = {"version": 3, "backend": {"type": "s3", "config": {"bucket": "states"}}, "modules": []}
WRONG: dict[str, tuple[Any, str]] = {
    "text": ("resource aws_vpc", "is no JSON; give what `terraform state pull` writes"),
    "list": ([], "is no state"),
    "version": ({"version": 3, "resources": []}, "has version 3, and 4 can be read"),
    "encrypted": (
        {"serial": 1, "encrypted_data": "abc", "encryption_version": "v0"},
        "is encrypted; give what `tofu state pull`",
    ),
    "stub": (STUB, "only says where the state is kept (backend s3)"),
    "part": ({"version": 4}, "has no list of resources"),
    "empty": ({"version": 4, "resources": []}, "describes nothing of AWS, but nothing"),
    "other": ({"version": 4, "resources": [{"mode": "managed", "type": "google_sql"}]}, "nothing of AWS, but google"),
}


def resource(kind: str, mode: str = "managed", **attributes: Any) -> dict[str, Any]:
    return {"mode": mode, "type": kind, "name": "this", "instances": [{"attributes": attributes}]}


def written(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", sorted(WRONG))
def test_what_is_no_state_is_refused(name: str, tmp_path: Path) -> None:
    content, sentence = WRONG[name]
    with pytest.raises(ConvergeError, match=r"^adopt_state: ") as raised:
        from_state(written(tmp_path / "it.tfstate", content))
    assert sentence in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConvergeError, match=r"there is no file .*gone.tfstate; write one by `terraform state pull"):
        from_state(tmp_path / "gone.tfstate")


def test_ids_are_those_that_aws_knows(tmp_path: Path) -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/1"
    listed = [
        resource("aws_db_instance", id="db-XYZ", identifier="shop"),
        resource("aws_alb", id=arn, arn=arn),
        resource("aws_route53_zone", mode="data", id="Z1", zone_id="Z1"),
        resource("aws_vpc", mode="data", id="vpc-of-somebody-else"),
    ]
    claims = from_state(written(tmp_path / "it.tfstate", {"version": 4, "resources": listed}))
    assert claims.ids == {"aws_db_instance": ["shop"], "aws_lb": [arn], "aws_route53_zone": ["Z1"]}
    assert claims.places == {("111122223333", "eu-west-1")}


def test_every_instance_of_a_resource_counts(tmp_path: Path) -> None:
    many = {**resource("aws_subnet"), "instances": [{"attributes": {"id": f"subnet-{number}"}} for number in range(3)]}
    claims = from_state(written(tmp_path / "it.tfstate", {"version": 4, "resources": [many]}))
    assert claims.of("aws_subnet") == ["subnet-0", "subnet-1", "subnet-2"]
