"""Filters of scaling: policies from an intent, sizes from what was used. The maths is in plugin_utils/scaling/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.pure_filters import as_filters
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.size import right_size
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.targets import scaling_targets

FILTERS = (right_size, scaling_targets)


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return as_filters(FILTERS)
