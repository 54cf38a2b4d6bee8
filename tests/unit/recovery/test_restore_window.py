"""To which time another region's copies lead."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from ansible_collections.slipway.aws.plugins.plugin_utils.restore_window import CopiesWindow

SOURCE = "arn:aws:rds:us-east-1:123456789012:db:slipway-prod"
NOON = 1_800_000_000


def copies(latest: int | None, source: str = SOURCE) -> dict[str, Any]:
    window = {"LatestTime": datetime.fromtimestamp(latest, UTC)} if latest else {}
    return {"DBInstanceArn": source, "RestoreWindow": window}


class Cloud:
    """An account whose copies are looked at once a minute, from noon on."""

    def __init__(self, *looks: list[dict[str, Any]]) -> None:
        self.looks = list(looks)
        self.now = NOON - 60

    def pages(self, service: str, operation: str, result: str) -> list[dict[str, Any]]:
        assert (service, operation) == ("rds", "describe_db_instance_automated_backups")
        assert result == "DBInstanceAutomatedBackups"
        self.now += 60
        return self.looks.pop(0)

    def time(self) -> float:
        return self.now

    def wait_until(self, done: Any, what: str, *, at_most: int, poll: int) -> None:
        assert poll < at_most
        while not done():
            if not self.looks:
                raise ConvergeError(f"{what}: not done")


def test_the_copies_that_lead_furthest_count() -> None:
    others = copies(NOON + 600, "arn:aws:rds:us-east-1:123456789012:db:slipway-staging")
    window = CopiesWindow(Cloud([copies(NOON - 500), copies(NOON - 300), copies(None), others]), SOURCE)
    expected = {"now": NOON, "now_text": "2027-01-15T08:00:00Z", "latest": NOON - 300, "lag": 300}
    assert window.told() == {**expected, "created": None, "source": {}}


def test_it_waits_until_a_moment_was_copied_and_notes_the_greatest_lag() -> None:
    looks = [[], [copies(NOON - 400)], [copies(NOON - 1)], [copies(NOON)]]
    window = CopiesWindow(Cloud(*looks), SOURCE)
    window.wait_for(NOON, 1800)
    assert (window.told()["latest"], window.told()["lag"]) == (NOON, 460)


def test_copies_that_never_come_are_told_of_with_the_moment() -> None:
    window = CopiesWindow(Cloud([copies(NOON - 1)]), SOURCE)
    with pytest.raises(ConvergeError, match=f"until {SOURCE} can be restored to 2027-01-15T08:00:00Z: not done"):
        window.wait_for(NOON, 1800)
