"""The tables of "Configuring how CloudWatch alarms treat missing data", and rules of composite alarms."""

import pytest

from rehearsal.metrics.composite import RuleError, parse
from rehearsal.metrics.evaluation import decide

KINDS = ("missing", "ignore", "breaching", "notBreaching")
SAME, NONE = "as before", "INSUFFICIENT_DATA"
THREE_OF_THREE = {
    "0-X-X": ("OK", "OK", "OK", "OK"),
    "----0": ("OK", "OK", "OK", "OK"),
    "-----": (NONE, SAME, "ALARM", "OK"),
    "0XX-X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "--X--": ("ALARM", SAME, "ALARM", "OK"),
}
TWO_OF_THREE = {
    "0-X-X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "00X0X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0-X--": ("OK", "OK", "ALARM", "OK"),
    "----0": ("OK", "OK", "ALARM", "OK"),
    "---X-": ("ALARM", SAME, "ALARM", "OK"),
}
CASES = [
    (points, needed, missing, state)
    for needed, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for points, states in table.items()
    for missing, state in zip(KINDS, states, strict=True)
]


@pytest.mark.parametrize(("points", "needed", "missing", "state"), CASES)
def test_missing_data(points, needed, missing, state):
    known = [{"X": True, "0": False, "-": None}[point] for point in points]
    assert decide(known, 3, needed, missing, SAME) == state


@pytest.mark.parametrize(("needed", "state"), [(1, "ALARM"), (2, "ALARM"), (3, "OK")])
def test_some_of_all(needed, state):
    assert decide([False, False, True, False, True], 3, needed, "missing", "OK") == state


STATES = {"a": "ALARM", "b": "OK", "with space": "INSUFFICIENT_DATA"}
RULES = [
    ("ALARM(a)", True),
    ("ALARM(b)", False),
    ('INSUFFICIENT_DATA("with space")', True),
    ("ALARM(a) AND ALARM(b)", False),
    ("ALARM(b) OR ALARM(a)", True),
    ("NOT ALARM(b) AND OK(b)", True),
    ("NOT (ALARM(a) OR OK(b))", False),
    ("TRUE OR TRUE AND FALSE", True),
    ("(TRUE OR TRUE) AND FALSE", False),
]


@pytest.mark.parametrize(("rule", "holds"), RULES)
def test_rules(rule, holds):
    assert parse(rule).holds(STATES.__getitem__) is holds


@pytest.mark.parametrize("rule", ["", "ALARM", "ALARM()", "ALARM(a) AND", "(ALARM(a)", "ALARM(a))", "a", "NOT"])
def test_what_is_no_rule(rule):
    with pytest.raises(RuleError):
        parse(rule)


def test_which_alarms_a_rule_names():
    assert parse('ALARM(a) OR NOT OK("with space")').alarms == ("a", "with space")
