"""Savings Plans and reserved instances: AWS's own examples, and what the price table makes of them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.numbers import CanaryError
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.commitments import (
    Offer,
    Usage,
    break_even,
    hour_under_plan,
    offers,
    proposal,
    proposals,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.commitments_told import (
    commitment_lines,
    commitment_table,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.prices import Prices
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.always import always
from tests.unit.docs.rendered import ROOT

CONTENT: dict[str, Any] = yaml.safe_load((ROOT / "roles" / "bill" / "files" / "prices.yml").read_text(encoding="utf-8"))
OFFERS = offers(CONTENT)
#: An hour's usage under a Compute Savings Plan:
#: https://docs.aws.amazon.com/savingsplans/latest/userguide/sp-applying.html.
EXAMPLE = [
    Usage("c5.9xlarge Linux", 1, 4.00, 2.00),
    Usage("c5.24xlarge Windows", 1, 10.00, 8.00),
    Usage("Fargate vCPU", 10, 1.50, 1.00),
    Usage("Fargate GB", 5, 2.00, 1.00),
]
#: The same page, as it is today.
LATER = [
    Usage("r5.4xlarge Linux", 4, 1.00, 0.70),
    Usage("m5.24xlarge Windows", 1, 10.00, 8.20),
    Usage("Fargate vCPU", 400, 0.04, 0.03),
    Usage("Fargate GB", 1600, 0.004, 0.003),
    Usage("Lambda GB-seconds", 1_500_000, 0.000015, 0.00001275),
    Usage("Lambda requests", 1_000_000, 0.0000002, 0.0000002),
]


def an_offer(**more: Any) -> Offer:
    settings = {"name": "Plan", "of": "tasks", "years": 1, "upfront": "none", "percent": 20, "source": "wring"}
    return Offer(**{**settings, "risk": "None.", **more})


def test_a_plan_that_covers_all_usage() -> None:
    assert hour_under_plan(EXAMPLE, 25.00) == (25.00, 0, 0, 25.00)


def test_a_plan_above_all_usage_is_paid_whole() -> None:
    found = hour_under_plan(LATER, 50.00)
    assert found.used == pytest.approx(47.13, abs=0.006)  # as AWS rounds it
    assert (found.total, found.on_demand) == (50.00, 0)
    assert found.unused == pytest.approx(2.875)


def test_the_greatest_saving_comes_first_and_of_equals_the_lowest_rate() -> None:
    # Memory and the Linux instance save half; memory has the lower rate: five of it, then half of the instance.
    found = hour_under_plan(EXAMPLE, 6.00)
    assert found.on_demand == pytest.approx(0.5 * 4.00 + 10.00 + 10 * 1.50)
    assert found.total == pytest.approx(6.00 + 27.00)


def test_a_second_instance_and_none() -> None:
    # https://repost.aws/questions/QUgw-Sk0sjSJ2JM11c1QofMA: a dollar on demand, 0.90 under the plan.
    assert hour_under_plan([Usage("instance", 2, 1.00, 0.90)], 0.90).total == pytest.approx(1.90)
    assert hour_under_plan([], 0.90).total == 0.90


def test_a_month_of_a_database_plan_as_aws_counts_it() -> None:
    # aws/agent-toolkit-for-aws, commitment pricing, worked example: 526 a month on demand, 35 % off, about 342 and 184.
    found = proposal(an_offer(percent=35), 6 * 0.12, 730)
    assert (round(found.now), round(found.then), round(found.saving)) == (526, 342, 184)


@pytest.mark.parametrize(("percent", "most"), [(55, 0.45), (60, 0.40)])
def test_below_a_use_of_forty_to_fifty_per_cent_on_demand_is_cheaper(percent: float, most: float) -> None:
    # The same, scenario C, about the offers of 55 to 60 % for three years.
    found = proposal(an_offer(years=3, upfront="all", percent=percent), 1.0, 730)
    assert found.break_even / 36 == pytest.approx(most)
    assert (found.monthly, found.once) == (pytest.approx(0), pytest.approx(36 * found.then))


def test_half_at_once_is_half_of_the_whole() -> None:
    found = proposal(an_offer(years=3, upfront="partial", percent=52), 0.145, 730)
    assert found.once == pytest.approx(18 * found.then)
    # infracost's golden file: 25.40 dollars a month of a reserved db.t3.large with PostgreSQL, after the first payment.
    assert found.monthly == pytest.approx(25.40, abs=0.02)


def test_reserved_prices_are_those_that_were_read() -> None:
    reserved = {(one.years, one.upfront): one for one in OFFERS if one.name == "Reserved DB instance"}
    golden = proposal(reserved[1, "none"], 0.136, 730)
    assert golden.now == pytest.approx(99.28)
    assert golden.then == pytest.approx(69.86, abs=0.05)
    two_zones = 2 * 0.129
    assert proposal(reserved[1, "all"], two_zones, 730).once == pytest.approx(1517, rel=0.001)
    assert proposal(reserved[3, "all"], two_zones, 730).once == pytest.approx(3192, rel=0.001)


@given(st.floats(0.001, 100), st.sampled_from(OFFERS), st.floats(0, 1))
def test_it_pays_exactly_above_its_break_even(hour: float, offer: Offer, use: float) -> None:
    found, months = proposal(offer, hour, 730), 12 * offer.years
    assert found.once + months * found.monthly == pytest.approx(months * found.then)
    paid, on_demand = months * found.then, use * months * found.now
    if abs(paid - on_demand) > 1e-9 * paid:
        assert (paid < on_demand) == (use * months > found.break_even)
    assert break_even(paid, found.now) == pytest.approx(found.break_even)


def test_what_is_offered_fits_what_there_is() -> None:
    names = lambda tasks, database: {one.offer.name for one in proposals(OFFERS, tasks, database, 730)}  # noqa: E731
    assert names(0, None) == set()
    assert names(0.05, None) == {"Compute Savings Plan"}
    assert names(0, ("db.t4g.micro", 0.016)) == {"Reserved DB instance"}
    assert names(0, ("db.m7g.large", 0.336)) == {"Reserved DB instance", "Database Savings Plan"}


@pytest.mark.parametrize(
    ("capacity", "architecture", "hour"),
    [("FARGATE", "X86_64", 2 * 0.04937), ("FARGATE", "ARM64", 2 * 0.0395), ("FARGATE_SPOT", "X86_64", 0)],
)
def test_what_always_runs(capacity: str, architecture: str, hour: float) -> None:
    advice = {"size": {"cpu": 1024, "memory": 2048}, "minimum": 2}
    found = always(Prices(CONTENT), advice, {"capacity": capacity, "architecture": architecture})
    assert found == pytest.approx(hour)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [("years", 2, "allowed are 1, 3"), ("source", "hearsay", "allowed are infracost"), ("percent", 100, "0 to 99")],
)
def test_an_offer_that_is_none_is_refused(field: str, value: Any, told: str) -> None:
    wrong = {**CONTENT, "commitments": [{**an_offer()._asdict(), field: value}]}
    with pytest.raises(CanaryError, match=told):
        offers(wrong)


def test_people_are_told_price_break_even_and_risk() -> None:
    found = list(proposals(OFFERS, 0.04937, None, 730))
    line = commitment_lines(found)[0]
    assert line.startswith("Compute Savings Plan, 1 year, nothing at once: 28.83 a month instead of 36.04, 7.21 less")
    assert "pays after 9.6 of 12 months, or above 80 % of use" in line
    assert "cannot be cancelled" in line
    page = commitment_table(found, CONTENT["sources"])
    for part in ("0.0395", "28.83", "9.6 of 12", "vantage.sh", "cannot be cancelled"):
        assert part in page
