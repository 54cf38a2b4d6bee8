"""Filters of scaling: policies from an intent, sizes from what was used. The maths is in plugin_utils/scaling/."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.numbers import CanaryError
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.size import right_size
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.targets import scaling_targets

FILTERS = (right_size, scaling_targets)


def _as_filter(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except CanaryError as error:
            raise AnsibleFilterError(str(error)) from error

    return checked


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {function.__name__: _as_filter(function) for function in FILTERS}
