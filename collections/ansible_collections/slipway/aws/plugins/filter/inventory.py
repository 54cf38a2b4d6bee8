"""Filters of plays that are the first of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible import context
from ansible.errors import AnsibleFilterError

#: Options with which Ansible reads a playbook without running it; checkers do so without an inventory.
READING = ("syntax", "listhosts", "listtasks", "listtags")


def given_hosts(groups: Mapping[str, Sequence[str]], pattern: str) -> str:
    """Return a pattern of hosts, where there is an inventory.

    Without one no play has a host, and Ansible would end well without a word.

    Args:
        groups: of the inventory.
        pattern: of hosts.

    Raises:
        AnsibleFilterError: there is no host, and the playbook is to be run.
    """
    if groups.get("all") or any(context.CLIARGS.get(option) for option in READING):
        return pattern
    raise AnsibleFilterError("no inventory was given; run it again with -i inventories/ENVIRONMENT")


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"given_hosts": given_hosts}
