"""Filters of releases: weights of steps, the verdict, what a step can detect, tasks for a share.

The statistics are in ``plugin_utils/canary`` of the collection, where the release itself uses them too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.capacity import canary_capacity
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.detectable import canary_detectable
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.verdict import canary_verdict
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.weights import canary_weights


def _as_filter(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose ``ValueError`` Ansible shows as the filter's own."""

    @wraps(function)
    def filter_(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except ValueError as error:
            raise AnsibleFilterError(str(error)) from error

    return filter_


class FilterModule:
    """The filters by name."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return them."""
        functions = (canary_weights, canary_verdict, canary_detectable, canary_capacity)
        return {function.__name__: _as_filter(function) for function in functions}
