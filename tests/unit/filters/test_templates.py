from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.filter.templates import for_each, for_each_of, service_values

TEMPLATE = [{"type": "ecr_repository", "name": "<each>", "properties": {"<each>": ["x-<each>-<each>", 1, True, None]}}]


@pytest.mark.parametrize(
    ("names", "template", "expected"),
    [
        (["a"], TEMPLATE, [{"type": "ecr_repository", "name": "a", "properties": {"a": ["x-a-a", 1, True, None]}}]),
        ({"a": 1, "b": 2}, ["<each>", "-"], ["a", "-", "b", "-"]),
        (["SELECT '<each>'"], ["-c", "<each>"], ["-c", "SELECT '<each>'"]),
        ([], TEMPLATE, []),
        (["a"], [], []),
    ],
)
def test_for_each(names: Any, template: list[Any], expected: list[Any]) -> None:
    assert for_each(names, template) == expected


def test_for_each_leaves_the_template_alone() -> None:
    for_each(["a"], TEMPLATE)
    assert TEMPLATE[0]["name"] == "<each>"


@pytest.mark.parametrize(
    ("hostvars", "expected"),
    [
        ({"web": {"service_database": True}, "api": {}}, {"web": True, "api": False}),
        ({"web": {"service_database": True}}, {"web": True, "api": False}),
    ],
)
def test_service_values(hostvars: dict[str, dict[str, Any]], expected: dict[str, bool]) -> None:
    assert service_values(hostvars, ["web", "api"], "service_database", False) == expected


def test_for_each_of_keeps_the_type_of_what_stands_alone() -> None:
    template = [{"name": "in-<place>", "open": "<ports>", "first": 1, "list": ["<place>/<ports>"]}]
    assert for_each_of([{"place": "eu", "ports": [80]}, {"place": "us", "ports": []}], template) == [
        {"name": "in-eu", "open": [80], "first": 1, "list": ["eu/[80]"]},
        {"name": "in-us", "open": [], "first": 1, "list": ["us/[]"]},
    ]
