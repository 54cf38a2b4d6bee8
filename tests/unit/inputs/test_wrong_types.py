"""Sentences about values of a wrong type name the variable, what it is, and what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.inputs import converted
from ansible_collections.slipway.aws.plugins.plugin_utils.wrong_types import wrong_types

SPEC: dict[str, dict[str, Any]] = {
    "port": {"type": "int"},
    "steps": {"type": "list", "elements": "float"},
    "labels": {"type": "dict"},
    "kind": {"type": "str", "choices": ["", "one", "two"]},
    "token": {"type": "int", "no_log": True},
    "tokens": {"type": "dict", "no_log": True, "options": {"A": {"type": "int"}}},
    "rules": {"type": "list", "elements": "dict", "options": {"port": {"type": "int", "required": True}}},
}
JSON = "; on a command line as JSON: -e '{%s}'"
SAID = [
    ({"port": "many"}, "port is 'many'; allowed is a whole number (int)"),
    ({"steps": "10,x"}, "steps is '10,x'; allowed is a list, each of it a number (float)" + JSON % '"steps": [...]'),
    ({"steps": [10, "x"]}, "steps is [10, 'x']; allowed is a list, each of it a number (float)"),
    ({"labels": "a"}, "labels is 'a'; allowed is names and values (dict)" + JSON % '"labels": {...}'),
    ({"kind": "three"}, "kind is 'three'; allowed are one, two"),
    ({"token": "s3cret"}, "token is hidden, as it may be secret; allowed is a whole number (int)"),
    ({"tokens": [{"A": "s3cret"}]}, "tokens is hidden, as it may be secret; allowed is names and values (dict)"),
    ({"rules": [{}]}, "missing required arguments: port found in rules"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), SAID)
def test_one_sentence_says_it(given: dict[str, Any], said: str) -> None:
    assert list(wrong_types(given, SPEC)) == [said]


def test_all_are_told_and_what_is_missing_too() -> None:
    spec = {**SPEC, "name": {"type": "str", "required": True}}
    assert len(list(wrong_types({"port": "x", "kind": "y"}, spec))) == 3


def test_what_is_right_and_what_is_nobodys_says_nothing() -> None:
    assert not list(wrong_types({"port": "80", "steps": "10,50", "kind": "", "other": object()}, SPEC))


def test_text_of_a_list_is_taken_as_one() -> None:
    assert converted("role", {"steps": "10,50", "other": 1}, {"role": SPEC}) == {"steps": [10.0, 50.0]}
