"""An empty AWS account on moto, as the adapters' tests have it, and the shop in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.adapters.conftest import aws, client, converge, moto_endpoint
from tests.unit.adopt.shop import Shop

__all__ = ["aws", "client", "converge", "moto_endpoint"]


@pytest.fixture
def shop(client: Callable[[str], Any]) -> Shop:
    """Return the shop, made in the account."""
    return Shop(client)
