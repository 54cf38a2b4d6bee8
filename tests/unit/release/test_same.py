"""Two revisions that say the same are one version, whatever AWS adds to them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.release import difference as module


@pytest.mark.parametrize(("cpu", "same"), [("256", True), ("512", False)])
def test_revisions_are_compared_by_what_they_say(cpu: str, same: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"web:1": {"cpu": "256", "revision": 1}, "web:3": {"cpu": cpu, "revision": 3, "registeredBy": "anna"}}
    monkeypatch.setattr(module, "definition", lambda _cloud, revision: found[revision])
    nobody: Any = None
    assert module.is_same(nobody, "web:1", "web:3") == same
