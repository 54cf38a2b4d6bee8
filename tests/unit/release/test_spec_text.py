"""What a survey or the command line gives as text is what it says."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.release.specs import a_spec


@pytest.mark.parametrize(
    ("name", "given", "meant"),
    [
        ("bake_minutes", "60", 60.0),
        ("hold_back", "2.5", 2.5),
        ("retry", "false", False),
        ("detach", "yes", True),
        ("steps", "10,100", [10.0, 100.0]),
        ("steps", ["10", 100], [10.0, 100.0]),
        ("gates", [100], ["100"]),
        ("image_tag", "1.10", "1.10"),
    ],
)
def test_text_has_the_type_of_its_field(name: str, given: Any, meant: Any) -> None:
    assert getattr(a_spec(**{name: given}), name) == meant
    assert type(getattr(a_spec(**{name: given}), name)) is type(meant)


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(ConvergeError, match="bake_minutes of a release is 'soon', which is no"):
        a_spec(bake_minutes="soon")
