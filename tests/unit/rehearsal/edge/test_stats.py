"""What the data plane counts belongs to the minute of the request, however late it is fetched."""

from types import SimpleNamespace

from rehearsal.clock import Clock
from rehearsal.edge.stats import Stats


def test_counts_are_told_by_minute_and_once():
    now = [119.0]
    stats = Stats(SimpleNamespace(now=lambda: now[0]))
    stats.count_both("alb", "blue", "RequestCount")
    now[0] = 120.0
    stats.count_both("alb", "green", "RequestCount")
    stats.answered("alb", "green", 200, 0.1)
    first, second = stats.fetch()["minutes"]
    assert (first["minute"], second["minute"]) == (1, 2)
    assert first["counts"] == [["alb", "", "RequestCount", 1], ["alb", "blue", "RequestCount", 1]]
    assert ["alb", "green", "RequestCount", 1] in second["counts"]
    assert [(group, times[0]) for _, group, times in second["times"]] == [("", 1), ("green", 1)]
    assert not any(stats.fetch().values())


def test_clocks_of_two_processes_agree():
    one = Clock(60.0)
    other = Clock(60.0, one.origin)
    assert abs(one.now() - other.now()) < 1
