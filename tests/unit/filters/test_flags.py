from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.flags import flag_document
from rehearsal.appconfig.flags import mistakes, retrieved, stamped

FLAG: dict[str, Any] = {"name": "new", "enabled": True}
MOST = {"type": "number", "value": 5, "minimum": 1, "maximum": 9}


def content(*flags: dict[str, Any]) -> bytes:
    return json.dumps(flag_document(flags)).encode()


def test_flags_become_what_appconfig_takes() -> None:
    flags = [{**FLAG, "description": "The new list", "attributes": {"most": MOST}}, {"name": "old", "enabled": False}]
    constraints = {"type": "number", "minimum": 1, "maximum": 9}
    assert flag_document(flags) == {
        "version": "1",
        "flags": {
            "new": {"name": "new", "description": "The new list", "attributes": {"most": {"constraints": constraints}}},
            "old": {"name": "old"},
        },
        "values": {"new": {"enabled": True, "most": 5}, "old": {"enabled": False}},
    }
    assert mistakes(content(*flags)) == []


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ([FLAG, FLAG], "new stands in feature_flags twice"),
        ([{**FLAG, "attributes": {"most": {"value": 5}}}], "attribute most of new has no type"),
        ([{**FLAG, "attributes": {"most": 5}}], "attribute most of new has no type"),
    ],
)
def test_mistakes_are_told(flags: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(AnsibleFilterError, match=told):
        flag_document(flags)


@pytest.mark.parametrize(
    ("attribute", "told"),
    [
        ({**MOST, "value": 10}, "10 is greater than the maximum 9"),
        ({**MOST, "value": 0}, "0 is less than the minimum 1"),
        ({**MOST, "value": "5"}, "'5' is no number"),
        ({"type": "text", "value": "a"}, "constraints.type must be one of"),
        ({"type": "string", "value": "a", "enum": ["b", "c"]}, "'a' is none of b, c"),
        ({"type": "string", "value": "a", "pattern": "^b"}, "'a' does not match ^b"),
        ({"type": "string", "required": True}, "most is required"),
        ({"type": "string", "value": "a", "maximum": 9}, "constraints maximum are not those of a string"),
        ({"type": "array", "value": ["d"], "elements": {"type": "string", "enum": ["b"]}}, "'d' is none of b"),
        ({"type": "boolean", "value": 1}, "1 is no boolean"),
        (
            {"type": "array", "value": [3], "elements": {"type": "number", "maximum": 2}},
            "3 is greater than the maximum 2",
        ),
        (
            {"type": "array", "value": [1], "elements": {"type": "array"}},
            "constraints.type must be one of string, number",
        ),
        ({**MOST, "maximum": "9"}, "constraints.maximum: '9' is no number"),
    ],
)
def test_the_local_cloud_holds_values_against_constraints(attribute: dict[str, Any], told: str) -> None:
    (found,) = mistakes(content({**FLAG, "attributes": {"most": attribute}}))
    assert told in found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"{", "no JSON"),
        (b"[]", "no object"),
        (b'{"version": "2"}', 'version must be "1"'),
        (b'{"version": "1", "more": 1}', "additional property more"),
        (b'{"version": "1", "values": {"a": {"enabled": true}}}', "there is no flag of that key"),
        (b'{"version": "1", "flags": {"A": {"name": "a"}}}', "a key must match"),
        (b'{"version": "1", "flags": {"a": {}}}', "name must be text"),
        (b'{"version": "1", "flags": {"a": {"name": "a"}}, "values": {"a": {}}}', "enabled must be true or false"),
    ],
)
def test_the_local_cloud_refuses_what_is_no_document_of_flags(text: bytes, told: str) -> None:
    assert any(told in one for one in mistakes(text)), mistakes(text)


def test_who_asks_gets_attributes_of_flags_that_are_on() -> None:
    on = {**FLAG, "attributes": {"most": MOST}}
    kept = stamped(content(on, {**on, "name": "off", "enabled": False}), "now")
    assert b"_createdAt" in kept
    assert retrieved(kept) == b'{"new": {"enabled": true, "most": 5}, "off": {"enabled": false}}'
