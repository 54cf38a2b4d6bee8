"""Pages of drills, failovers, experiments, estimates and sizes: self-contained, with charts of what was found."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.report_pages import chaos_page, cost_page, recovery_page
from ansible_collections.slipway.aws.plugins.plugin_utils.bars import Bar, bars
from ansible_collections.slipway.aws.plugins.plugin_utils.chart import RIGHT, WIDTH
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.page import right_size_page

TIMES = {"measured": {"rto": 530, "rpo": 300}, "objectives": {"rto": 7200, "rpo": 600}, "problems": []}
DRILL: dict[str, Any] = {
    **TIMES,
    "environment": "dev",
    "instance": "slipway-dev",
    "moment": "2026-11-28T08:30:41Z",
    "begun": "2026-11-28T08:28:05Z",
    "phases": [{"name": "mark and look", "seconds": 100}, {"name": "restore", "seconds": 300}],
    "tables": [
        {"table": "web.<b>", "before": 1, "restored": None, "after": 2, "newest": None, "verdict": "is missing"}
    ],
}
FAILOVER: dict[str, Any] = {
    **TIMES,
    "environment": "standby",
    "source": "prod",
    "unplanned": True,
    "begun": "2026-11-28T08:28:05Z",
    "restored_to": "2026-11-28T08:20:00Z",
    "lost": "writes of up to 5m00s are lost",
    "phases": [{"name": "let nobody write", "seconds": 20}],
}
FINDINGS = [
    {"phase": phase, "name": name, "measured": 99.95, "objective": objective, "verdict": "held", "good": True}
    for phase in ("before", "during", "after")
    for name, objective in (("availability", 99.9), ("latency", 99.0))
]
EXPERIMENT: dict[str, Any] = {
    "name": "task_killed",
    "hypothesis": "A task that is stopped is replaced",
    "exceptions": [],
    "outcome": "completed",
    "reason": "",
    "hit": {"tasks": {"type": "aws:ecs:task", "aim": {}, "mode": "COUNT(1)"}},
    "times": {"begun": 180, "ended": 240, "settled": 360, "looked": 540},
    "begun_text": "00:03",
    "ended_text": "00:04",
    "findings": FINDINGS,
    "requests": {"before": 600, "during": 600, "after": 600},
    "minutes": [
        {"at": 60 * minute, "requests": 200, "errors": 20 if minute == 4 else 0, "slow": 0, "phase": "during"}
        for minute in range(9)
    ],
    "problems": [],
}
CHAOS: dict[str, Any] = {"environment": "dev", "service": "web", "problems": [], "experiments": [EXPERIMENT]}
ROWS = [{"name": "network", "before": 40.0, "after": 80.0}]
COST: dict[str, Any] = {
    "environment": "dev",
    "total": 100.0,
    "fixed": 90.0,
    "usage": 10.0,
    "unconfirmed": 0.0,
    "region": "us-east-1",
    "gathered": "2026-11-20",
    "hosts": {"network": {"total": 80.0}, "web": {"total": 20.0}, "dns": {"total": 0}},
    "choices": [{"name": "one NAT gateway", "difference": -32.85}, {"name": "Multi-AZ", "difference": 12.4}],
    "change": {"set": {"network_nat": "per_zone"}, "total": 140.0, "difference": 40.0, "rows": ROWS},
    "lines": [
        {
            "name": "NAT",
            "host": "network",
            "quantity": 730,
            "per": "hour",
            "price": 0.045,
            "monthly": 32.85,
            "source": "x",
        }
    ],
}
ADVICE: dict[str, Any] = {
    "web": {
        "enough": True,
        "size": {"cpu": 256, "memory": 512},
        "minimum": 2,
        "maximum": 6,
        "now": 36.0,
        "then": 18.0,
        "reasons": ["memory was 30 % at most"],
    },
    "api": {"enough": False, "reasons": ["2 days of metrics; a proposal needs 7"]},
}
SIZES = {"web": {"cpu": 512, "memory": 1024}, "api": {"cpu": 256, "memory": 512}}
PAGES: dict[str, Callable[[], str]] = {
    "drill": lambda: recovery_page(DRILL, "Restore drill of dev"),
    "failover": lambda: recovery_page(FAILOVER, "Failover to standby"),
    "chaos": lambda: chaos_page(CHAOS),
    "cost": lambda: cost_page(COST),
    "right_size": lambda: right_size_page("Sizes", ADVICE, SIZES, "<p>promised</p>"),
}
CHARTS = {"drill": 2, "failover": 2, "chaos": 3, "cost": 3, "right_size": 1}


def svgs(page: str) -> list[ET.Element]:
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]  # noqa: S314  our own text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_nothing_from_elsewhere_and_has_its_charts(name: str) -> None:
    page = PAGES[name]()
    assert not re.search(r"(?:src|href|url)\s*[=(]|@import|<script|<link", page)
    assert len(svgs(page)) == CHARTS[name]
    assert "width=device-width" in page
    assert "@media print" in page


def test_a_timeline_has_its_phases_one_after_the_other() -> None:
    _, timeline = svgs(PAGES["drill"]())
    first, second = ((float(one.attrib["x"]), float(one.attrib["width"])) for one in timeline.iter("rect"))
    assert first[0] == 0
    assert second[0] == pytest.approx(first[1], abs=0.2)
    assert second[1] == pytest.approx(3 * first[1], abs=0.3)
    assert second[0] + second[1] <= WIDTH - RIGHT / 2


@pytest.mark.parametrize(("seconds", "kinds"), [(7200, ["good", "good"]), (9000, ["bad", "good"])])
def test_an_objective_that_is_missed_is_seen(seconds: int, kinds: list[str]) -> None:
    report = {**DRILL, "measured": {"rto": seconds, "rpo": 300}}
    measured, _ = svgs(recovery_page(report, "x"))
    assert [one.attrib["class"].split()[1] for one in measured.iter("rect")] == kinds
    (limit,) = (one for one in measured.iter("path") if one.attrib["class"] == "limit")
    widest = max(float(one.attrib["width"]) for one in measured.iter("rect"))
    assert (widest > float(re.findall(r"M([\d.]+)", limit.attrib["d"])[0])) == ("bad" in kinds)


def test_an_objective_of_nothing_has_a_page_too() -> None:
    report = {**DRILL, "objectives": {"rto": 0, "rpo": 600}, "problems": ["RTO is 8m50s, the objective is 0m00s"]}
    page = recovery_page(report, "x")
    assert "the objective is 0m00s" in page
    assert "<span class='verdict bad'>failed</span>" in page


def test_words_of_others_are_text() -> None:
    assert "web.&lt;b&gt;" in PAGES["drill"]()
    assert "Unplanned, from prod" in PAGES["failover"]()


def test_availability_is_missed_in_the_minute_of_the_errors_and_what_is_allowed_is_a_line() -> None:
    availability, _, counts = svgs(PAGES["chaos"]())
    (line,) = (one for one in availability.iter("polyline") if one.attrib["class"] == "line0")
    heights = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert heights.index(min(heights)) == 4, "the picture's y grows downwards"
    assert len(set(heights)) == 2
    assert any(one.attrib.get("class") == "limit" for one in availability.iter("path"))
    assert sum(one.attrib.get("class") == "mark" for one in availability.iter("path")) == 3
    assert len(list(counts.iter("polyline"))) == 2


def test_an_experiment_that_did_not_begin_has_no_chart() -> None:
    left = {**EXPERIMENT, "outcome": "not begun", "minutes": [], "times": {}, "findings": [], "problems": ["too few"]}
    page = chaos_page({**CHAOS, "experiments": [left], "problems": ["task_killed: too few"]})
    assert "task_killed: not begun" in page
    assert svgs(page) == []


def test_a_bill_shows_what_costs_something_dearest_first() -> None:
    hosts, choices, both = svgs(PAGES["cost"]())
    assert [one.text for one in hosts.iter("text")][1::2] == ["network", "web"]
    assert [one.attrib["class"] for one in choices.iter("rect")] == ["bar good", "bar old"]
    assert [one.text for one in both.iter("text")][2::2] == ["40.00", "80.00"]


def test_sizes_before_and_after_are_beside_each_other() -> None:
    page = PAGES["right_size"]()
    (drawn,) = svgs(page)
    before, after = (float(one.attrib["width"]) for one in drawn.iter("rect"))
    assert before == pytest.approx(2 * after, abs=0.2)
    assert "api: 2 days of metrics" in page


def test_a_long_name_is_cut_and_told_whole() -> None:
    svg = ET.fromstring(bars("x", [Bar("a" * 60, "1", 1)]))  # noqa: S314  our own text
    name = list(svg.iter("text"))[1]
    assert (len(name.text or ""), name[0].text) == (44, "a" * 60)


def test_a_report_of_another_kind_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match="chaos_page: the report has no 'service'"):
        chaos_page({"environment": "dev"})
