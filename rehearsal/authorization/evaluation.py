"""Identity policies: deny wins, and nothing is allowed by default.

moto's own evaluation passes over resources and conditions, so it could not refuse what AWS would.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache

from rehearsal.control.policies import Statement, listed

Context = Mapping[str, Sequence[str]]
#: Operators by what they compare with; a value that is compared is a pattern for the second kind.
EQUAL = frozenset({"StringEquals", "StringNotEquals", "Bool", "Null", "NumericEquals"})
LIKE = frozenset({"StringLike", "StringNotLike", "ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"})


class UnknownConditionError(Exception):
    """A condition with an operator that is not evaluated here."""


def allowed(statements: Iterable[Statement], action: str, resource: str, context: Context) -> bool:
    """Say whether statements allow an action on a resource, and none of them denies it."""
    effects = {one["Effect"] for one in statements if applies(one, action, resource, context)}
    return "Allow" in effects and "Deny" not in effects


def applies(statement: Statement, action: str, resource: str, context: Context) -> bool:
    """Say whether a statement is about this request."""
    return (
        _named(statement, "Action", action.lower(), lower=True)
        and _named(statement, "Resource", resource)
        and _conditions_hold(statement.get("Condition", {}), context)
    )


def principals(account: str, role: str = "") -> frozenset[str]:
    """Return the names by which a resource's policy may mean who calls: an account, and its role where it is one."""
    return frozenset({"*", account, f"arn:aws:iam::{account}:root", role or "*"})


def permitted(
    statements: Iterable[Statement], names: Collection[str], action: str, resource: str, context: Context
) -> bool:
    """Say whether a resource's policy lets a principal, by any of its names, do something."""
    return allowed([one for one in statements if _means(one, names)], action, resource, context)


def _means(statement: Statement, names: Collection[str]) -> bool:
    given = statement.get("Principal")
    meant = ["*"] if given == "*" else [name for some in (given or {}).values() for name in listed(some)]
    return not set(names).isdisjoint(meant)


def _named(statement: Statement, key: str, value: str, *, lower: bool = False) -> bool:
    negated = f"Not{key}" in statement
    patterns = listed(statement.get(f"Not{key}" if negated else key))
    hit = any(_matches(pattern.lower() if lower else pattern, value) for pattern in patterns)
    return hit != negated


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _matches(pattern: str, value: str) -> bool:
    return bool(_pattern(pattern).fullmatch(value))


def _conditions_hold(conditions: Mapping[str, Mapping[str, object]], context: Context) -> bool:
    keys = {key.lower(): values for key, values in context.items()}
    return all(
        _holds(operator, [str(one) for one in listed(wanted)], keys.get(key.lower(), ()))
        for operator, pairs in conditions.items()
        for key, wanted in pairs.items()
    )


def _holds(operator: str, wanted: list[str], values: Sequence[str]) -> bool:
    """Evaluate one condition; a key that the request does not have holds for ``...IfExists`` and negations only."""
    quantifier, _, rest = operator.rpartition(":")
    name = rest.removesuffix("IfExists")
    if name not in EQUAL | LIKE:
        raise UnknownConditionError(f"the condition operator {operator} is not evaluated here")
    if name == "Null":
        return (not values) == (wanted[0].lower() == "true")
    if not values:
        return rest.endswith("IfExists") or "Not" in name or quantifier == "ForAllValues"
    hits = [_hit(name, wanted, one) for one in values]
    return all(hits) if quantifier == "ForAllValues" else any(hits)


def _hit(name: str, wanted: list[str], value: str) -> bool:
    if name == "Bool":
        return value.lower() in {one.lower() for one in wanted}
    hit = any(_matches(one, value) for one in wanted) if name in LIKE else value in wanted
    return hit != ("Not" in name)
