"""A web ACL blocks what its managed groups match, and counts it where it is told to count."""

from types import SimpleNamespace

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from rehearsal.clock import Clock
from rehearsal.edge.conditions import Request
from rehearsal.edge.firewall import Firewall
from rehearsal.edge.managed_rules import GROUPS
from rehearsal.edge.stats import Stats

BROWSER = {"User-Agent": "test"}
WRONG = {
    "no user agent": ({"headers": {}}, "AWSManagedRulesCommonRuleSet"),
    "script": ({"query": "q=%3Cscript%3Ealert(1)%3C/script%3E"}, "AWSManagedRulesCommonRuleSet"),
    "long query": ({"query": "q=" + "x" * 2048}, "AWSManagedRulesCommonRuleSet"),
    "files": ({"query": "f=../../etc/passwd"}, "AWSManagedRulesCommonRuleSet"),
    "always true": ({"query": "id=1%27%20OR%201%3D1--"}, "AWSManagedRulesSQLiRuleSet"),
    "union": ({"query": "id=1+UNION+SELECT+password+FROM+users"}, "AWSManagedRulesSQLiRuleSet"),
    "lookup": ({"query": "x=${jndi:ldap://a}"}, "AWSManagedRulesKnownBadInputsRuleSet"),
    "path": ({"path": "/WEB-INF/web.xml"}, "AWSManagedRulesKnownBadInputsRuleSet"),
}
RIGHT = ("", "limit=20&after=3", "q=union+street", "q=rock+%27n%27+roll", "name=O%27Reilly", "q=select+a+seat")


def request(path="/notes", query="", headers=BROWSER):
    return Request("GET", "web.example.com", path, query, CIMultiDictProxy(CIMultiDict(headers)), "192.0.2.1")


def counted(stats):
    return [each for minute in stats.fetch()["minutes"] for each in minute["firewall"]]


def balancer(*groups, **override):
    rules = [
        {
            "Name": name,
            "Priority": number,
            "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name, **override.get(name, {})}},
            "OverrideAction": override.get("action", {"None": {}}),
            "VisibilityConfig": {"MetricName": name},
        }
        for number, name in enumerate(groups)
    ]
    return SimpleNamespace(firewall={"name": "acl", "default": {"Allow": {}}, "rules": rules})


@pytest.mark.parametrize(("fields", "group"), WRONG.values(), ids=WRONG)
def test_blocks_what_is_wrong_and_says_by_which_rule(fields, group):
    stats = Stats(Clock())
    assert Firewall(stats).judge(balancer(*GROUPS), request(**fields)) == 403
    assert sorted(counted(stats)) == [["acl", name, "BlockedRequests", 1] for name in sorted(["ALL", group])]


@pytest.mark.parametrize("query", RIGHT)
def test_lets_through_what_is_right(query):
    stats = Stats(Clock())
    assert Firewall(stats).judge(balancer(*GROUPS), request(query=query)) is None
    assert counted(stats) == []


def test_a_group_that_counts_lets_through():
    stats, group = Stats(Clock()), "AWSManagedRulesSQLiRuleSet"
    assert Firewall(stats).judge(balancer(group, action={"Count": {}}), request(query="id=1;drop table x")) is None
    assert counted(stats) == [["acl", group, "CountedRequests", 1]]


def test_one_rule_of_a_group_may_count():
    group = "AWSManagedRulesCommonRuleSet"
    override = {"RuleActionOverrides": [{"Name": "NoUserAgent_HEADER", "ActionToUse": {"Count": {}}}]}
    judge = Firewall(Stats(Clock())).judge
    assert judge(balancer(group, **{group: override}), request(headers={})) is None
    assert judge(balancer(group, **{group: override}), request(headers={}, query="q=<script>")) == 403


def test_without_an_acl_everything_passes():
    assert Firewall(Stats(Clock())).judge(SimpleNamespace(firewall=None), request(query="q=<script>")) is None


def test_an_acl_that_allows_nothing_blocks_the_rest():
    one = balancer()
    one.firewall["default"] = {"Block": {}}
    assert Firewall(Stats(Clock())).judge(one, request()) == 403


def own(statement, action="Block", **more):
    rule = {"Name": "own", "Priority": 0, "Statement": statement, "Action": {action: more}}
    rules = [{**rule, "VisibilityConfig": {"MetricName": "own"}}]
    sets = {"arn:set": ["203.0.113.0/24"]}
    return SimpleNamespace(firewall={"name": "acl", "default": {"Allow": {}}, "rules": rules, "sets": sets})


def at(source, path="/notes"):
    return Request("GET", "web.example.com", path, "", CIMultiDictProxy(CIMultiDict(BROWSER)), source)


GERMANY, ELSEWHERE = "203.0.113.7", "198.51.100.77"
GEO = {"GeoMatchStatement": {"CountryCodes": ["DE"]}}
CHANGES = [{"Priority": n, "Type": kind} for n, kind in enumerate(("URL_DECODE", "NORMALIZE_PATH", "LOWERCASE"))]
HIDDEN = {"RegexString": "^/+(healthz|readyz)/*$", "FieldToMatch": {"UriPath": {}}, "TextTransformations": CHANGES}


@pytest.mark.parametrize(
    ("statement", "blocked"),
    [
        (GEO, {GERMANY}),
        ({"NotStatement": {"Statement": GEO}}, {ELSEWHERE}),
        ({"OrStatement": {"Statements": [GEO, {"NotStatement": {"Statement": GEO}}]}}, {GERMANY, ELSEWHERE}),
        ({"AndStatement": {"Statements": [GEO, {"NotStatement": {"Statement": GEO}}]}}, set()),
        ({"IPSetReferenceStatement": {"ARN": "arn:set"}}, {GERMANY}),
    ],
)
def test_addresses_and_countries(statement, blocked):
    judge = Firewall(Stats(Clock())).judge
    assert {source for source in (GERMANY, ELSEWHERE) if judge(own(statement), at(source)) == 403} == blocked


@pytest.mark.parametrize(
    "path", ["/readyz", "/READYZ", "//readyz", "/%72eadyz", "/a/../readyz", "/readyz/", "/healthz"]
)
def test_a_path_is_hidden_however_it_is_written(path):
    one = own({"RegexMatchStatement": HIDDEN}, CustomResponse={"ResponseCode": 404})
    assert Firewall(Stats(Clock())).judge(one, at(ELSEWHERE, path)) == 404
    assert Firewall(Stats(Clock())).judge(one, at(ELSEWHERE, "/notes/readyz")) is None


def test_an_address_above_the_rate_is_blocked_until_the_window_has_passed(monkeypatch):
    now = [0.0]
    firewall = Firewall(Stats(SimpleNamespace(now=lambda: now[0])))
    one = own({"RateBasedStatement": {"Limit": 3, "EvaluationWindowSec": 60, "AggregateKeyType": "IP"}})
    assert [firewall.judge(one, at(GERMANY)) for _ in range(5)] == [None, None, None, 403, 403]
    assert firewall.judge(one, at(ELSEWHERE)) is None
    now[0] = 61.0
    assert firewall.judge(one, at(GERMANY)) is None


def test_a_statement_that_is_not_judged_is_no_pass():
    with pytest.raises(ValueError, match="XssMatchStatement"):
        Firewall(Stats(Clock())).judge(own({"XssMatchStatement": {}}), at(GERMANY))


def test_what_was_blocked_is_in_the_log():
    stats = Stats(Clock())
    Firewall(stats).judge(own(GEO), at(GERMANY))
    Firewall(stats).judge(own(GEO), at(ELSEWHERE))
    (entry,) = stats.fetch()["log"]
    assert (entry["terminatingRuleId"], entry["action"]) == ("own", "BLOCK")
    assert (entry["httpRequest"]["clientIp"], entry["httpRequest"]["country"]) == (GERMANY, "DE")
