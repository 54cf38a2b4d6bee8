"""The cloud in memory."""

from __future__ import annotations

import pytest

from tests.unit.engine.fake import FakeCloud, register


@pytest.fixture(autouse=True)
def _types() -> None:
    register()


@pytest.fixture
def cloud() -> FakeCloud:
    """Return an empty cloud."""
    return FakeCloud()
