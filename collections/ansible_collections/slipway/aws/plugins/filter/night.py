"""Filters about environments that sleep outside of working hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.night.hours import night_plan
from ansible_collections.slipway.aws.plugins.plugin_utils.night.machine import night_machine, night_permissions


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"night_machine": night_machine, "night_permissions": night_permissions, "night_plan": night_plan}
