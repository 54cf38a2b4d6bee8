"""Web ACL capacity units of rules.

https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html and, for AWS's own groups,
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""

from __future__ import annotations

from typing import Any

HIGHEST = 5000
#: Capacity of AWS's rule groups.
MANAGED = {
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesWordPressRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesBotControlRuleSet": 50,
    "AWSManagedRulesATPRuleSet": 50,
    "AWSManagedRulesACFPRuleSet": 50,
    "AWSManagedRulesAntiDDoSRuleSet": 50,
}
_FIXED = {
    "AsnMatchStatement": 1,
    "GeoMatchStatement": 1,
    "IPSetReferenceStatement": 1,
    "LabelMatchStatement": 1,
    "SizeConstraintStatement": 1,
    "RateBasedStatement": 2,
    "RegexMatchStatement": 3,
    "RegexPatternSetReferenceStatement": 25,
    "XssMatchStatement": 40,
}
_TRANSFORMATION = 10
_AGGREGATION_KEY = 30
_ALL_ARGUMENTS = 10


def capacity(rules: list[dict[str, Any]]) -> int:
    """Return the units that rules take together."""
    return sum(_units(rule["Statement"]) for rule in rules)


def _units(statement: dict[str, Any]) -> int:
    return sum(_own(kind, inner) + _nested(inner) for kind, inner in statement.items())


def _nested(inner: dict[str, Any]) -> int:
    single = [inner[name] for name in ("Statement", "ScopeDownStatement") if name in inner]
    return sum(map(_units, [*inner.get("Statements", []), *single]))


def _own(kind: str, inner: dict[str, Any]) -> int:
    if kind == "ManagedRuleGroupStatement":
        return MANAGED.get(inner["Name"], 0)
    if kind == "RateBasedStatement":
        return _FIXED[kind] + _AGGREGATION_KEY * len(inner.get("CustomKeys", []))
    base = _FIXED.get(kind, 0)
    if kind == "ByteMatchStatement":
        base = 10 if inner["PositionalConstraint"].startswith("CONTAINS") else 2
    elif kind == "SqliMatchStatement":
        base = 30 if inner.get("SensitivityLevel") == "HIGH" else 20
    field = inner.get("FieldToMatch", {})
    base = base * 2 if "JsonBody" in field else base + _ALL_ARGUMENTS * ("AllQueryArguments" in field)
    changed = [one for one in inner.get("TextTransformations", []) if one["Type"] != "NONE"]
    return base + _TRANSFORMATION * len(changed)
