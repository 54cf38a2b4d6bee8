"""Waivers of findings: whole, with a day that is not over, one a finding."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_waivers import waiver_problems

TODAY = date(2026, 6, 15)
WAIVER: dict[str, Any] = {"finding": "CVE-1", "until": "2026-06-15", "reason": "not reachable", "by": "anna"}


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in WAIVER.items() if name != key}


@pytest.mark.parametrize(
    ("waivers", "told"),
    [
        ([], []),
        ([WAIVER], []),
        ([{**WAIVER, "until": TODAY}], []),
        ([{**WAIVER, "until": "2026-06-14"}], ["CVE-1 was waived until 2026-06-14, which is over; release an image"]),
        ([{**WAIVER, "until": date(2026, 6, 14)}], ["CVE-1 was waived until 2026-06-14, which is over"]),
        ([{**WAIVER, "until": "June"}], ["until of CVE-1 is 'June', which is no day; give one as 2027-01-31"]),
        ([{**WAIVER, "until": datetime(2027, 1, 1, 9, tzinfo=UTC)}], ["until of CVE-1 is '2027-01-01 09:00"]),
        ([without("until")], ["CVE-1 has no until; give finding, until, reason, by"]),
        ([{**WAIVER, "reason": " "}], ["CVE-1 has no reason"]),
        ([WAIVER, without("finding")], ["number 2 has no finding"]),
        ([{**WAIVER, "expires": "2027-01-01"}], ["CVE-1 has 'expires'; allowed are finding, until, reason, by"]),
        ([WAIVER, WAIVER], ["CVE-1 2 times; give each finding once"]),
    ],
)
def test_each_mistake_is_a_sentence_that_names_the_waiver(waivers: list[dict[str, Any]], told: list[str]) -> None:
    found = list(waiver_problems(waivers, TODAY))
    assert len(found) == len(told), found
    assert all(part in whole for part, whole in zip(told, found, strict=True)), found


def test_a_run_that_begins_no_release_goes_on_with_one_that_has_ended() -> None:
    assert list(waiver_problems([{**WAIVER, "until": "2020-01-01"}], None)) == []
