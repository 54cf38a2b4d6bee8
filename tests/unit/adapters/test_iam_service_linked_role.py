from __future__ import annotations

from tests.unit.adapters.converging import Converge

ROLE = {"type": "iam_service_linked_role", "name": "ecs", "properties": {"AWSServiceName": "ecs.amazonaws.com"}}
KEY = "iam_service_linked_role.ecs"


def test_is_made_once_and_stays(converge: Converge) -> None:
    assert converge([ROLE], check=True).actions == {KEY: "created"}
    assert converge([ROLE]).actions == {KEY: "created"}
    assert converge([ROLE]).actions == {KEY: "unchanged"}
    removed = converge([ROLE], absent=True)
    assert removed.actions == {KEY: "kept"}
    assert "belongs to the account" in removed.outcomes[KEY].message
    assert converge([ROLE]).actions == {KEY: "unchanged"}
