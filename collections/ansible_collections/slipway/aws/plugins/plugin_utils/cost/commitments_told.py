"""Proposals of commitments, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..html_page import wide_table
from .commitments import MONTHS, Proposal

HEAD = (
    "Offer",
    "Term",
    "Dollars an hour promised",
    "Paid at once",
    "Paid a month",
    "Saving a month",
    "Break-even",
    "Risk",
    "Price from",
)
UPFRONT_TEXT = {"none": "nothing at once", "partial": "half at once", "all": "all at once"}


def commitment_lines(found: Iterable[Proposal]) -> list[str]:
    """Return a line for each proposal, and what its risk is."""
    return [_line(one) for one in found]


def _line(one: Proposal) -> str:
    offer = one.offer
    paid = f"{one.once:.2f} dollars at once and {one.monthly:.2f} a month" if one.once else f"{one.then:.2f} a month"
    return (
        f"{offer.name}, {term(one)}, {UPFRONT_TEXT[offer.upfront]}: {paid} instead of {one.now:.2f},"
        f" {one.saving:.2f} less a month; {even(one)}. {offer.risk}"
    )


def term(one: Proposal) -> str:
    """Return a proposal's term."""
    return "1 year" if one.offer.years == 1 else f"{one.offer.years} years"


def even(one: Proposal) -> str:
    """Return when a proposal pays."""
    months = MONTHS * one.offer.years
    return f"pays after {one.break_even:.1f} of {months} months, or above {100 * one.break_even / months:.0f} % of use"


def commitment_table(found: Iterable[Proposal], sources: Mapping[str, str]) -> str:
    """Return the proposals as a table in HTML, empty without any.

    Args:
        found: the proposals.
        sources: texts of where prices are from, by key.
    """
    return wide_table(HEAD, (_row(one, sources) for one in found))


def _row(one: Proposal, sources: Mapping[str, str]) -> tuple[str, ...]:
    name = f"{one.offer.name}, {UPFRONT_TEXT[one.offer.upfront]}"
    money = (f"{one.commitment:.4f}", f"{one.once:.2f}", f"{one.monthly:.2f}", f"{one.saving:.2f}")
    return (name, term(one), *money, even(one), one.offer.risk, sources[one.offer.source])
