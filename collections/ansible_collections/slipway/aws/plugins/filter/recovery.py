"""Filters of the roles that try out recovery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.plugin_utils.drill import report
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import plain


def restore_drill_report(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a restore drill found; see :func:`plugin_utils.drill.report`."""
    try:
        return report(plain(facts))
    except KeyError as error:
        raise AnsibleFilterError(
            f"restore_drill_report: {error} is missing; the drill ended before it was known"
        ) from error


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"restore_drill_report": restore_drill_report}
