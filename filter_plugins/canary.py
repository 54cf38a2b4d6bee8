"""Filters of a release: weights, capacity, what can be detected, the verdict. The maths is in plugin_utils/canary/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.capacity import canary_capacity
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.detectable import canary_detectable
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.experiment import ab_result, ab_sample_size
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.verdict import canary_verdict
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.weights import canary_weights
from ansible_collections.slipway.aws.plugins.plugin_utils.pure_filters import as_filters

FILTERS = (ab_result, ab_sample_size, canary_capacity, canary_detectable, canary_verdict, canary_weights)


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return as_filters(FILTERS)
