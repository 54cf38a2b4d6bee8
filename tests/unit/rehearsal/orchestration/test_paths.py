"""Paths of state machines give what they give on AWS."""

from __future__ import annotations

from typing import Any

import pytest
from moto.stepfunctions.parser.asl.utils import json_path

from rehearsal.orchestration.paths import path

DATA = {"list": [{"a": 1, "on": True}, {"a": 5, "on": False}], "none": [], "one": {"x": [7]}}


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_path, "parse", path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$.list[0].a", 1),
        ("$.one.x", [7]),
        ("$.one.x[0]", 7),
        ("$.list[*].a", [1, 5]),
        ("$.one.x[*]", [7]),
        ("$.none[*].a", []),
        ("$.list[?(@.on==true)].a", [1]),
        ("$.list[?(@.a>5)].a", []),
        ("$.list[0:1].a", [1]),
    ],
)
def test_one_place_or_a_list(text: str, found: Any) -> None:
    assert json_path.extract_json(text, DATA) == found


@pytest.mark.parametrize("text", ["$.none[0].a", "$.missing", "$.list[2]"])
def test_one_place_that_is_missing_is_an_error(text: str) -> None:
    with pytest.raises(json_path.NoSuchJsonPathError):
        json_path.extract_json(text, DATA)
