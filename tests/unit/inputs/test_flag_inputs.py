from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.inputs_flags import flag_problems

FLAG: dict[str, Any] = {"name": "new", "enabled": True}


@pytest.mark.parametrize(
    ("flags", "platform", "told"),
    [
        ([], ["state"], []),
        ([FLAG], ["state", "feature_flags"], []),
        ([FLAG], [], []),
        ([FLAG], ["state"], ["the inventory has no component feature_flags; add it to hosts.yml, in the group access"]),
        ([FLAG, FLAG], [], ["feature_flags has new 2 times"]),
        ([{"name": "New list"}], [], ["a flag with the name 'New list'; allowed are"]),
    ],
)
def test_each_mistake_is_a_sentence(flags: list[dict[str, Any]], platform: list[str], told: list[str]) -> None:
    found = list(flag_problems(flags, platform))
    assert len(found) == len(told)
    assert all(part in whole for part, whole in zip(told, found, strict=True)), found
