"""Filters that make pages for people of reports: self-contained HTML with charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.plugin_utils.chaos import page as chaos
from ansible_collections.slipway.aws.plugins.plugin_utils.cost import page as cost
from ansible_collections.slipway.aws.plugins.plugin_utils.recovery_page import recovery_page as recovery
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import plain


def recovery_page(report: Mapping[str, Any], title: str) -> str:
    """Return the page of a restore drill or a failover."""
    return _made("recovery_page", lambda: recovery(title, plain(report)))


def chaos_page(report: Mapping[str, Any]) -> str:
    """Return the page of a run of experiments."""
    return _made("chaos_page", lambda: chaos.chaos_page(plain(report)))


def cost_page(report: Mapping[str, Any]) -> str:
    """Return the page of an estimate."""
    return _made("cost_page", lambda: cost.cost_page(plain(report)))


def _made(name: str, make: Callable[[], str]) -> str:
    try:
        return make()
    except KeyError as error:
        raise AnsibleFilterError(f"{name}: the report has no {error}; give it as the playbook writes it") from error


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"chaos_page": chaos_page, "cost_page": cost_page, "recovery_page": recovery_page}
