"""Filters of money: what an environment costs. The maths is in plugin_utils/cost/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.cost.estimate import monthly_cost
from ansible_collections.slipway.aws.plugins.plugin_utils.pure_filters import as_filters


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return as_filters([monthly_cost])
