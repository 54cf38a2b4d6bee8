from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.certificates import validation_records
from ansible_collections.slipway.aws.plugins.filter.firewall import redacted_headers, web_acl_rules
from ansible_collections.slipway.aws.plugins.filter.outputs import published_outputs
from ansible_collections.slipway.aws.plugins.filter.verification import junit, verification_lines

OPTIONS: dict[str, Any] = {
    "allow_set": "",
    "deny_set": "",
    "deny_countries": [],
    "allow_countries": [],
    "hidden_paths": [],
    "rate_limit": 0,
    "rate_window": 300,
}
SQLI = "AWSManagedRulesSQLiRuleSet"


@pytest.mark.parametrize(
    ("domains", "names"),
    [
        (["example.com"], ["validation_example_com"]),
        (["example.com", "*.example.com"], ["validation_example_com"]),
        (["a.example.com", "*.b.example.com"], ["validation_a_example_com", "validation_b_example_com"]),
    ],
)
def test_validation_records(domains: list[str], names: list[str]) -> None:
    records = validation_records(domains, "Z1", "example.com")
    assert [record["name"] for record in records] == names
    assert records[0]["properties"]["HostedZoneId"] == "Z1"
    key = names[0].removeprefix("validation_")
    assert records[0]["properties"]["Name"] == f"${{acm_certificate.main.Validation.{key}.Name}}"


@pytest.mark.parametrize("domains", [[], ["example.org"], ["a.example.com", "notexample.com"]])
def test_validation_records_refuses_names_outside_the_zone(domains: list[str]) -> None:
    with pytest.raises(AnsibleFilterError, match=r"certificate_domains is .*'example\.com'.*certificate_arn"):
        validation_records(domains, "Z1", "example.com")


@pytest.mark.parametrize(
    ("given", "statement", "action"),
    [
        ({"allow_set": "arn:a"}, {"IPSetReferenceStatement": {"ARN": "arn:a"}}, {"Allow": {}}),
        ({"deny_set": "arn:d"}, {"IPSetReferenceStatement": {"ARN": "arn:d"}}, {"Block": {}}),
        (
            {"hidden_paths": ["/healthz", "/readyz"]},
            {
                "RegexMatchStatement": {
                    "RegexString": "^/+(healthz|readyz)/*$",
                    "FieldToMatch": {"UriPath": {}},
                    "TextTransformations": [
                        {"Priority": 0, "Type": "URL_DECODE"},
                        {"Priority": 1, "Type": "NORMALIZE_PATH"},
                        {"Priority": 2, "Type": "LOWERCASE"},
                    ],
                }
            },
            {"Block": {"CustomResponse": {"ResponseCode": 404}}},
        ),
        ({"deny_countries": ["KP", "IR"]}, {"GeoMatchStatement": {"CountryCodes": ["IR", "KP"]}}, {"Block": {}}),
        (
            {"allow_countries": ["DE"]},
            {"NotStatement": {"Statement": {"GeoMatchStatement": {"CountryCodes": ["DE"]}}}},
            {"Block": {}},
        ),
        (
            {"rate_limit": 100},
            {"RateBasedStatement": {"Limit": 100, "EvaluationWindowSec": 300, "AggregateKeyType": "IP"}},
            {"Block": {}},
        ),
    ],
)
def test_web_acl_rules_of_ones_own(given: dict[str, Any], statement: dict[str, Any], action: dict[str, Any]) -> None:
    (rule,) = web_acl_rules([], {**OPTIONS, **given}, [], "p")
    assert rule["Statement"] == statement
    assert rule["Action"] == action
    assert rule["VisibilityConfig"]["MetricName"] == f"p-{rule['Name']}"


def test_web_acl_rules_of_groups_come_after_ones_own_in_the_order_given() -> None:
    groups: list[dict[str, Any]] = [{"name": SQLI}, {"name": "Other", "vendor": "Someone", "count": ["One"]}]
    rules = web_acl_rules(groups, {**OPTIONS, "rate_limit": 100}, [], "p")
    assert [rule["Name"] for rule in rules] == ["rate-limit", SQLI, "Other"]
    assert [rule["Priority"] for rule in rules] == sorted(rule["Priority"] for rule in rules)
    assert rules[1]["Statement"]["ManagedRuleGroupStatement"] == {"VendorName": "AWS", "Name": SQLI}
    assert rules[2]["Statement"]["ManagedRuleGroupStatement"] == {
        "VendorName": "Someone",
        "Name": "Other",
        "RuleActionOverrides": [{"Name": "One", "ActionToUse": {"Count": {}}}],
    }


def test_web_acl_rules_count_what_they_are_told_to() -> None:
    rate, group = web_acl_rules([{"name": SQLI}], {**OPTIONS, "rate_limit": 100}, ["rate-limit", SQLI], "p")
    assert rate["Action"] == {"Count": {}}
    assert group["OverrideAction"] == {"Count": {}}


def test_web_acl_rules_refuses_to_count_a_rule_that_is_not_there() -> None:
    with pytest.raises(AnsibleFilterError, match=rf"firewall_count has \['rate-limit'\]; allowed are \['{SQLI}'\]"):
        web_acl_rules([{"name": SQLI}], OPTIONS, ["rate-limit"], "p")


def test_redacted_headers() -> None:
    assert redacted_headers(["Cookie"]) == [{"SingleHeader": {"Name": "cookie"}}]


@pytest.mark.parametrize(("value", "kind"), [("${a.b.C}", "String"), (["a", "b"], "StringList")])
def test_published_outputs(value: Any, kind: str) -> None:
    (parameter,) = published_outputs({"vpc_id": value}, "/slipway/dev/network")
    assert parameter["properties"] == {"Name": "/slipway/dev/network/vpc_id", "Type": kind, "Value": value}


def test_junit() -> None:
    report = junit(
        [
            {"suite": "web", "name": "answers", "problem": "", "seconds": 0.25},
            {"suite": "web", "name": "redirects", "problem": "found <200> & more", "seconds": 0.5},
            {"suite": "network", "name": "is closed", "problem": "", "seconds": 0.0},
        ]
    )
    root = ET.fromstring(report)  # noqa: S314  our own text
    assert root.attrib == {"tests": "3", "failures": "1", "errors": "0", "time": "0.750"}
    assert [suite.get("name") for suite in root] == ["web", "network"]
    (failure,) = root.iter("failure")
    assert failure.get("message") == "found <200> & more"


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            {"requests": 30, "failures": 0, "p50_ms": 4.1, "p95_ms": 9.8},
            "web: 30 requests, 0 failures, p50 4.1 ms, p95 9.8 ms",
        ),
        (
            {"requests": 0, "failures": 0, "p50_ms": None, "p95_ms": None},
            "web: declares no requests of its own",
        ),
    ],
)
def test_verification_lines(found: dict[str, Any], line: str) -> None:
    assert verification_lines({"web": found}, 7) == ["7 checks hold", line]
