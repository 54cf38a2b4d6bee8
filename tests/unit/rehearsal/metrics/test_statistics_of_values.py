import math

import pytest

from rehearsal.metrics.histogram import Histogram
from rehearsal.metrics.statistics import statistic


def of(*values):
    data = Histogram()
    for value in values:
        data.add(value)
    return data


THOUSAND = of(*(number / 1000 for number in range(1, 1001)))
KNOWN = [
    ("SampleCount", 1000),
    ("Sum", 500.5),
    ("Average", 0.5005),
    ("Minimum", 0.001),
    ("Maximum", 1.0),
    ("p50", 0.5),
    ("p90", 0.9),
    ("p99", 0.99),
    ("p99.9", 0.999),
    ("p100", 1.0),
    ("PR(:0.25)", 25),
    ("PR(0.5:)", 50),
    ("PR(0.25:0.75)", 50),
]


@pytest.mark.parametrize(("name", "expected"), KNOWN)
def test_statistics(name, expected):
    assert statistic(name)(THOUSAND) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("name", ["average", "p101", "p", "P90", "PR(:)", "tm90", ""])
def test_unknown_statistics(name):
    with pytest.raises(ValueError, match="allowed are"):
        statistic(name)


def test_zeros_are_values():
    data = of(0, 0, 0, 8)
    assert [statistic(name)(data) for name in ("p50", "p75", "p100", "PR(:1)", "Average")] == [0, 0, 8, 75, 2]


def test_what_percentiles_are_not_known_of():
    assert math.isnan(statistic("p50")(of(-1, 2)))
    assert math.isnan(statistic("PR(:1)")(Histogram.summary(4, 8, 1, 3)))
    assert statistic("p50")(Histogram.summary(4, 8, 2, 2)) == pytest.approx(2)
    assert statistic("Average")(Histogram.summary(4, 8, 1, 3)) == 2


def test_a_histogram_survives_json_and_adds_up():
    data = Histogram.from_list(THOUSAND.as_list())
    data.merge(of(10.0))
    assert (data.count, data.high, data.low) == (1001, 10.0, 0.001)
    assert statistic("p50")(data) == pytest.approx(0.5, rel=0.02)
