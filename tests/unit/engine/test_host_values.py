"""One task sees the variables of every host as that host would, whatever it has templated for another."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play
from ansible.template import Templar
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

from ansible_collections.slipway.aws.plugins.plugin_utils.host_values import host_values
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, plain

VARIABLES = {
    "full_name": "slipway-{{ inventory_hostname }}",
    "size": 1,
    "resources": [{"name": "{{ full_name }}", "size": "{{ size + 1 }}", "again": "{{ full_name }}"}],
    "copied": "{{ resources + resources }}",
    "broken": "{{ nobody_set_this }}",
    "careful": "{{ broken | default('nothing') }}",
}


class Action:
    """As much of an action plugin as is asked for."""


@pytest.fixture
def see(tmp_path: Path) -> Any:
    hosts = {"api": None, "web": {"size": 6}}
    inventory = {"all": {"hosts": hosts, "vars": VARIABLES}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="ascii")
    loader = DataLoader()
    manager = InventoryManager(loader=loader, sources=[str(tmp_path / "hosts.yml")])
    variables = VariableManager(loader=loader, inventory=manager, version_info={})
    play = Play.load({"hosts": "all", "tasks": []}, variable_manager=variables, loader=loader)
    action = Action()
    vars(action)["_task"] = SimpleNamespace(_parent=SimpleNamespace(_play=play), delegate_to=None, _role=None)
    vars(action)["_templar"] = Templar(loader=loader)
    task_vars = {"hostvars": HostVars(manager, variables, loader)}
    variables.get_vars = _without_task(variables.get_vars)  # type: ignore[method-assign]  # the stub is no task
    return lambda host, *names: plain(host_values(action, task_vars, host, names))


def _without_task(get_vars: Any) -> Any:
    return lambda play, host, task: get_vars(play=play, host=host) if task else {}


def test_each_host_has_its_own_values_whoever_came_before(see: Any) -> None:
    wanted = {"api": 2, "web": 7}
    for host in ("api", "web", "api"):
        name = f"slipway-{host}"
        entry = {"name": name, "size": wanted[host], "again": name}
        assert see(host, "copied", "full_name") == {"copied": [entry, entry], "full_name": name}


def test_a_default_catches_what_is_not_set(see: Any) -> None:
    assert see("api", "careful") == {"careful": "nothing"}


def test_a_variable_that_is_not_set_is_told_with_the_host(see: Any) -> None:
    with pytest.raises(ConvergeError, match="web: variable nobody is not set"):
        see("web", "nobody")
