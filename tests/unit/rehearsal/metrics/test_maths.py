import pytest

from rehearsal.metrics.expressions import ExpressionError, Scope, evaluate, names

MOMENTS = (0, 60, 120, 180)
A = {0: 1.0, 60: 2.0, 180: 4.0}
B = {0: 10.0, 60: 0.0, 120: 30.0, 180: 40.0}
SCOPE = Scope({"a": A, "b": B}, MOMENTS, 60)

KNOWN = [
    ("a + b", {0: 11, 60: 2, 180: 44}),
    ("b / a", {0: 10, 60: 0, 180: 10}),
    ("a / b", {0: 0.1, 180: 0.1}),
    ("-a", {0: -1, 60: -2, 180: -4}),
    ("a ^ 2", {0: 1, 60: 4, 180: 16}),
    ("100 * (a - 1)", {0: 0, 60: 100, 180: 300}),
    ("a > 1", {0: 0, 60: 1, 180: 1}),
    ("a > 1 AND b > 0", {0: 0, 60: 0, 180: 1}),
    ("a > 1 || b > 0", {0: 1, 60: 1, 180: 1}),
    ("FILL(a, 0)", {0: 1, 60: 2, 120: 0, 180: 4}),
    ("FILL(a, REPEAT)", {0: 1, 60: 2, 120: 2, 180: 4}),
    ("FILL(a, b)", {0: 1, 60: 2, 120: 30, 180: 4}),
    ("IF(b > 5, a, 7)", {0: 1, 60: 7, 180: 4}),
    ("IF(b > 5, a)", {0: 1, 180: 4}),
    ("SUM(METRICS())", {0: 11, 60: 2, 120: 30, 180: 44}),
    ("AVG([a, b])", {0: 5.5, 60: 1, 120: 30, 180: 22}),
    ("MAX([a, b])", {0: 10, 60: 2, 120: 30, 180: 40}),
    ("SUM(METRICS() * 2)", {0: 22, 60: 4, 120: 60, 180: 88}),
    ("a - AVG(a)", {0: -4 / 3, 60: -1 / 3, 180: 5 / 3}),
    ("DIFF(b)", {60: -10, 120: 30, 180: 10}),
    ("RATE(b)", {60: -10 / 60, 120: 0.5, 180: 10 / 60}),
    ("a / PERIOD(a)", {0: 1 / 60, 60: 2 / 60, 180: 4 / 60}),
    ("CEIL(a / 3)", {0: 1, 60: 1, 180: 2}),
]


@pytest.mark.parametrize(("expression", "expected"), KNOWN)
def test_expressions(expression, expected):
    assert evaluate(expression, SCOPE) == pytest.approx(expected)


WRONG = ["a +", "c", "a[0]", "open(a)", "SEARCH(a)", "a if b else a", "1 / 0", "FILL(1, 0)", "ABS(2)", "a < b < a"]


@pytest.mark.parametrize("expression", WRONG)
def test_what_is_no_expression(expression):
    with pytest.raises(ExpressionError):
        evaluate(expression, SCOPE)


def test_which_ids_an_expression_names():
    assert names("IF(requests >= 10, 100 * FILL(errors, REPEAT) / requests, 0)") == {"requests", "errors"}
