from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.filter.flags import flag_document
from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_flags import flag_problems
from rehearsal.appconfig.flags import mistakes

FLAG: dict[str, Any] = {"name": "new", "enabled": True}
MOST: dict[str, Any] = {"type": "number", "value": 5, "minimum": 1, "maximum": 9}
STYLE: dict[str, Any] = {"type": "string", "value": "short", "enum": ["short", "long"]}
SIZES: dict[str, Any] = {"type": "array", "value": [1, 2], "elements": {"type": "number", "maximum": 2}}


def with_attribute(one: Any, name: str = "most") -> dict[str, Any]:
    return {**FLAG, "attributes": {name: one}}


@pytest.mark.parametrize(
    ("flags", "platform", "told"),
    [
        ([], ["state"], []),
        ([FLAG], ["state", "feature_flags"], []),
        ([FLAG], [], []),
        ([FLAG], ["state"], ["the inventory has no component feature_flags; add it to hosts.yml, in the group access"]),
        ([FLAG, FLAG], [], ["feature_flags has new 2 times"]),
        ([{**FLAG, "name": "New list"}], [], ["a flag with the name 'New list'; allowed are"]),
        (["new"], [], ["feature_flags is ['new']; allowed is a list of flags, each with name and enabled"]),
        ({"new": True}, [], ["feature_flags is {'new': True}; allowed is a list of flags"]),
        ([{"name": "new"}], [], ["feature_flags: new.enabled is None; allowed are true and false"]),
        ([{**FLAG, "enabled": 1}], [], ["feature_flags: new.enabled is 1; allowed are true and false"]),
        ([{**FLAG, "attributes": [5]}], [], ["new.attributes is [5]; allowed are attributes by name"]),
    ],
)
def test_each_mistake_is_a_sentence(flags: Any, platform: list[str], told: list[str]) -> None:
    found = list(flag_problems(flags, platform))
    assert len(found) == len(told)
    assert all(part in whole for part, whole in zip(told, found, strict=True)), found


@pytest.mark.parametrize(
    "attribute",
    [
        MOST,
        STYLE,
        SIZES,
        {**MOST, "value": 1.5},
        {"type": "number", "maximum": 9},
        {"type": "string", "value": "a", "pattern": "^[a-z]$", "required": True},
        {"type": "boolean", "value": False},
        {"type": "array", "value": ["a", 1]},
        {"type": "array", "value": ["a"], "elements": {"type": "string", "enum": ["a"]}},
    ],
)
def test_attributes_that_appconfig_takes_pass(attribute: dict[str, Any]) -> None:
    assert list(flag_problems([with_attribute(attribute)], [])) == []
    assert mistakes(json.dumps(flag_document([with_attribute(attribute)])).encode()) == []


@pytest.mark.parametrize(
    ("attribute", "told"),
    [
        ({**MOST, "value": 10}, "new.most is 10; allowed is a number from 1 to 9"),
        ({**MOST, "value": 0}, "new.most is 0; allowed is a number from 1 to 9"),
        ({"type": "number", "value": 10, "maximum": 9}, "new.most is 10; allowed is a number to 9"),
        ({**MOST, "value": "5"}, "new.most is '5'; allowed is a number from 1 to 9"),
        ({**MOST, "value": True}, "new.most is True; allowed is a number from 1 to 9"),
        ({**MOST, "minimum": "1"}, "new.most.minimum is '1'; allowed is a number"),
        (
            {**MOST, "max": 9},
            "new.most.max is no constraint of the type number; allowed are required, minimum, maximum",
        ),
        ({**STYLE, "value": "tiny"}, "new.most is 'tiny'; allowed is one of short, long"),
        ({**STYLE, "enum": "short"}, "new.most.enum is 'short'; allowed is a list"),
        ({"type": "text", "value": "a"}, "new.most.type is 'text'; allowed are string, number, boolean, array"),
        (5, "new.most.type is None; allowed are string, number, boolean, array"),
        ({"type": "string", "required": True}, "new.most has no value, and is required; give it one"),
        ({"type": "boolean", "value": 1}, "new.most is 1; allowed is true or false"),
        ({"type": "array", "value": "a"}, "new.most is 'a'; allowed is a list"),
        ({**SIZES, "value": [1, 3]}, "new.most[1] is 3; allowed is a number to 2"),
        ({**SIZES, "value": ["1"]}, "new.most[0] is '1'; allowed is a number to 2"),
        ({**SIZES, "elements": {"type": "array"}}, "new.most.elements.type is 'array'; allowed are string, number"),
        ({**SIZES, "elements": {"type": "number", "enum": [1]}}, "new.most.elements.enum is no constraint of the type"),
        ({**SIZES, "elements": 2}, "new.most.elements is 2; allowed is a type with its constraints"),
    ],
)
def test_what_appconfig_would_refuse_names_flag_value_and_what_is_allowed(attribute: Any, told: str) -> None:
    (found,) = flag_problems([with_attribute(attribute)], [])
    assert found.startswith("feature_flags: ")
    assert told in found
    if isinstance(attribute, dict):
        assert mistakes(json.dumps(flag_document([with_attribute(attribute)])).encode()) != []


@pytest.mark.parametrize("name", ["enabled", "Most", "a b"])
def test_a_name_that_an_attribute_cannot_have(name: str) -> None:
    (found,) = flag_problems([with_attribute(MOST, name)], [])
    assert f"new.{name} has a name that AppConfig refuses; allowed are" in found
