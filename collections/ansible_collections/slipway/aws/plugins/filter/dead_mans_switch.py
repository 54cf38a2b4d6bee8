"""Filters of the role state about the dead man's switch of releases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.release.dead_mans_switch import permissions, state_machine


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"switch_definition": state_machine, "switch_permissions": permissions}
