import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from rehearsal.edge.conditions import Request, condition, wildcard


def ask(**fields):
    defaults = {
        "method": "GET",
        "host": "web.example.com",
        "path": "/",
        "query": "",
        "headers": {},
        "source": "192.0.2.1",
    }
    merged = {**defaults, **fields}
    pairs = [(name, value) for name, values in merged["headers"].items() for value in values]
    return Request(**{**merged, "headers": CIMultiDictProxy(CIMultiDict(pairs))})


@pytest.mark.parametrize(
    ("field", "config", "request_fields", "expected"),
    [
        ("host-header", {"HostHeaderConfig": {"Values": ["*.EXAMPLE.com"]}}, {}, True),
        ("host-header", {"Values": ["web.example.com"]}, {}, True),
        ("host-header", {"HostHeaderConfig": {"Values": ["example.com"]}}, {}, False),
        ("host-header", {"HostHeaderConfig": {"RegexValues": [r"w..\.example\.com"]}}, {}, True),
        ("path-pattern", {"PathPatternConfig": {"Values": ["/img/*"]}}, {"path": "/img/a/b"}, True),
        ("path-pattern", {"PathPatternConfig": {"Values": ["/img/*"]}}, {"path": "/IMG/a"}, False),
        ("path-pattern", {"PathPatternConfig": {"Values": ["/a?c"]}}, {"path": "/abc"}, True),
        ("path-pattern", {"PathPatternConfig": {"Values": ["/a?c"]}}, {"path": "/ac"}, False),
        ("path-pattern", {"PathPatternConfig": {"Values": ["/x", "/y"]}}, {"path": "/y"}, True),
        (
            "http-header",
            {"HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["Y*"]}},
            {"headers": {"x-beta": ["yes"]}},
            True,
        ),
        ("http-header", {"HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["y"]}}, {}, False),
        (
            "http-header",
            {"HttpHeaderConfig": {"HttpHeaderName": "Cookie", "Values": ["*beta=1*"]}},
            {"headers": {"cookie": ["a=b; beta=1; c=d"]}},
            True,
        ),
        ("http-request-method", {"HttpRequestMethodConfig": {"Values": ["POST", "PUT"]}}, {"method": "PUT"}, True),
        ("http-request-method", {"HttpRequestMethodConfig": {"Values": ["POST"]}}, {"method": "GET"}, False),
        ("query-string", {"QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}]}}, {"query": "a=b&v=1"}, True),
        ("query-string", {"QueryStringConfig": {"Values": [{"Value": "1*"}]}}, {"query": "a=12"}, True),
        ("query-string", {"QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}]}}, {"query": "v=2"}, False),
        ("source-ip", {"SourceIpConfig": {"Values": ["192.0.2.0/24"]}}, {}, True),
        ("source-ip", {"SourceIpConfig": {"Values": ["198.51.100.0/24", "2001:db8::/32"]}}, {}, False),
    ],
)
def test_a_condition_matches_as_the_load_balancer_does(field, config, request_fields, expected):
    assert condition({"Field": field, **config})(ask(**request_fields)) is expected


def test_a_backslash_makes_a_wildcard_literal():
    assert wildcard(r"a\*b", ignore_case=False).fullmatch("a*b")
    assert not wildcard(r"a\*b", ignore_case=False).fullmatch("axb")


@given(st.text(alphabet="ab.()[]+^$|{}/-", max_size=12))
def test_other_signs_stand_for_themselves(text):
    assert wildcard(text, ignore_case=False).fullmatch(text)
    assert not wildcard(text, ignore_case=False).fullmatch(text + "x")
