"""The report of a release: whole, self-contained, and without a word from outside that could act in it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.chart import Frame, Style, chart, round_up
from ansible_collections.slipway.aws.plugins.plugin_utils.release.report import page, write_report
from ansible_collections.slipway.aws.plugins.plugin_utils.release.share import told_share
from tests.unit.release.entries import ended

GOOD, BAD = ended(), ended("rolled back", 0.04)


@pytest.mark.parametrize("entry", [GOOD, BAD], ids=["good", "bad"])
def test_the_page_needs_nothing_from_anywhere_else(entry: dict[str, Any]) -> None:
    told = page(entry)
    assert not re.search(r"(?:src|href|url)\s*[=(]|@import|<script|<link", told)
    for svg in re.findall(r"<svg.*?</svg>", told, re.DOTALL):
        ET.fromstring(svg)  # noqa: S314  our own text
    assert told.count("<svg") == 4


def test_it_says_how_it_ended_by_whom_and_why() -> None:
    told = page(BAD)
    for part in (
        "rolled back",
        "errors 4.1 %",
        "anna",
        "1.1.0 (web:7)",
        "1.2.0 (web:8)",
        "0.03 $",
        "+ cpu: 512",
        "rings after 360 s",
    ):
        assert part in told, part
    assert len(re.findall(r"<tr><td>\d+m\d\ds</td><td>\d</td>", told)) == len(BAD["looks"])


def test_evidence_is_the_sum_that_the_verdict_compares() -> None:
    last = BAD["looks"][-1]
    both = {"errors": 15.0, "slow": 6.0, "limit": 20.0}
    told = page({**BAD, "looks": [*BAD["looks"][:-1], {**last, "evidence": both}]})
    assert "21.0 of 20" in told
    assert "<td>21.0</td>" in told


def test_it_says_whether_the_share_was_observed() -> None:
    assert "<td>Share of the requests</td><td>not observed</td>" in page(GOOD)
    assert "<td>agrees with what was wanted</td>" in page({**GOOD, "observed": told_share(GOOD["looks"])})
    assert told_share([]) == told_share([{"share": "unknown"}]) == "not observed"


def test_it_tells_how_alarms_stood_before_and_afterwards() -> None:
    told = page({**BAD, "alarms": {"begin": {"errors": "OK, had no data"}, "end": {"errors": "ALARM", "new": "OK"}}})
    assert "<td>errors</td><td>OK, had no data</td><td>ALARM</td>" in told
    assert "<td>new</td><td>not known</td><td>OK</td>" in told
    assert "At the end" not in page(GOOD)


def test_it_names_what_was_released_together() -> None:
    parts = [{"service": "api", "number": 3}, {"service": "web", "number": 12}]
    assert "<td>Together with</td><td>api, web</td>" in page({**GOOD, "together": parts})
    assert "Together with" not in page(GOOD)


def test_words_of_others_are_text() -> None:
    told = page({**BAD, "reason": "<img src=x onerror=alert(1)>"})
    assert "<img" not in told
    assert "&lt;broken&gt; &amp; gone" in told


def test_both_files_are_written(tmp_path: Path) -> None:
    line = write_report(GOOD, str(tmp_path / "reports"))
    assert line.startswith("web 1.2.0: succeeded: ")
    assert line.endswith("web-000012.html")
    assert json.loads((tmp_path / "reports" / "web-000012.json").read_text(encoding="utf-8")) == GOOD
    assert (tmp_path / "reports" / "web-000012.html").read_text(encoding="utf-8") == page(GOOD)


def test_a_release_without_requests_has_a_page_too() -> None:
    told = page({**GOOD, "samples": [], "looks": [], "shifts": [], "events": [], "difference": []})
    assert "requests of users for the new version" in told
    assert told.count("<svg") == 1


def test_wanted_shares_are_stairs() -> None:
    drawn = chart("t", {"wanted": [(0, 0), (5, 50)]}, Frame(10), Style(steps=["wanted"]))
    points = re.findall(r'points="([^"]*)"', drawn)[0].split()
    assert len(points) == 4
    assert points[0].split(",")[1] == points[1].split(",")[1]
    assert points[2].split(",")[1] == points[3].split(",")[1]


@pytest.mark.parametrize(("value", "expected"), [(0, 1), (0.3, 0.3), (4, 4), (4.1, 5), (95, 100), (99.9, 100), (1, 1)])
def test_scales_end_at_round_numbers(value: float, expected: float) -> None:
    assert round_up(value) == pytest.approx(expected)


@pytest.mark.parametrize("minutes", [15.0, 15.6, 16.0])
def test_the_last_minute_is_told_inside_of_the_picture(minutes: float) -> None:
    (text,) = re.findall(r'<text x="([\d.]+)" [^>]*>15 min<', chart("x", {"a": [(0, 1)]}, Frame(minutes)))
    assert float(text) + len("15 min") * 6.2 / 2 <= 360
