"""A job as AWX runs it: ansible-runner, a copied tree, an inventory in one executable, an environment of its own.

Observed with AWX 24.6.1 and ansible-runner 2.4.3; docs/awx.md says what each of these does to a project.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.dataloader import DataLoader

from tests.e2e.environment import ROOT

_COLOUR = re.compile("\x1b\\[[0-9;]*m")
SCRIPT = "#!/usr/bin/env python3\nprint(r'''{inventory}''')\n"
#: What AWX sets for every job.
VARIABLES = {
    "ANSIBLE_COLLECTIONS_PATH": "{directory}/requirements_collections:collections",
    "ANSIBLE_FORCE_COLOR": "True",
    "ANSIBLE_HOST_KEY_CHECKING": "False",
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_RETRY_FILES_ENABLED": "False",
    "ANSIBLE_ROLES_PATH": "{directory}/requirements_roles:roles",
    "ANSIBLE_UNSAFE_WRITES": "1",
    "AWX_PRIVATE_DATA_DIR": "{directory}",
    "JOB_ID": "7",
    "INVENTORY_ID": "1",
}
#: What the credential type for local clouds injects.
INJECTED = list(
    DataLoader().load_from_file(str(ROOT / "awx" / "main.yml"))["awx_credential_type"][0]["injectors"]["env"]
)
#: What AWX adds to the extra variables of every job.
OWN = {"awx_job_id": 7, "awx_job_launch_type": "manual", "awx_user_name": "anna", "awx_project_revision": "0" * 40}
#: What of this process a job sees beside that: where programs are, and what a credential type injects.
KEPT = ("PATH", "LANG", *INJECTED)


class Unsafe(str):
    """Text that a survey or a launch gave; Ansible never renders it."""

    __slots__ = ()


class Dumper(yaml.SafeDumper):
    """Writes extra variables as AWX does."""


Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


def as_sent(value: Any) -> Any:
    """Return a value with every text in it marked as AWX marks it."""
    if isinstance(value, str):
        return Unsafe(value)
    if isinstance(value, list):
        return [as_sent(one) for one in value]
    return {key: as_sent(one) for key, one in value.items()} if isinstance(value, dict) else value


@dataclass
class Job:
    """What became of a job; ``place`` is where ansible-runner left its artifacts."""

    code: int
    output: str
    place: Path

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """What AWX shows, event by event."""
        return [json.loads(path.read_text(encoding="utf-8")) for path in (self.place / "job_events").glob("*.json")]

    @property
    def said(self) -> str:
        """The output in one line, without the codes of a terminal; Ansible breaks long ones."""
        return " ".join(_COLOUR.sub("", self.output).split())

    @property
    def results(self) -> Iterator[dict[str, Any]]:
        """The result of each task on each host."""
        for event in self.events:
            if isinstance(result := event.get("event_data", {}).get("res"), dict):
                yield result

    @property
    def changed(self) -> dict[str, int]:
        """Number of changed tasks by host."""
        stats = [event["event_data"] for event in self.events if event["event"] == "playbook_on_stats"]
        return {host: stats[-1].get("changed", {}).get(host, 0) for host in stats[-1]["processed"]} if stats else {}

    @property
    def artifacts(self) -> dict[str, Any]:
        """What the job hands on to the next nodes of its workflow."""
        return {name: value for event in self.events for name, value in _artifacts(event).items()}


def _artifacts(event: Mapping[str, Any]) -> dict[str, Any]:
    return event.get("event_data", {}).get("artifact_data") or {}


def copy_tree(target: Path) -> None:
    """Copy what is under version control, or would be, without the repository itself."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        source, copy = ROOT / name, target / name
        if name and (source.is_symlink() or source.is_file()):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy, follow_symlinks=False)


def _sliced(inventory: dict[str, Any], group: str) -> dict[str, Any]:
    """Return an inventory as a slice has it: all groups, some hosts."""
    kept = set(inventory[group]["hosts"])
    for one in inventory.values():
        if "hosts" in one:
            one["hosts"] = [host for host in one["hosts"] if host in kept]
    return inventory


class Controller:
    """A project and an inventory as AWX has them after their sync.

    Args:
        directory: of its own, empty.
        variables: process environment of the credentials.
        environment: name of the inventory.
    """

    def __init__(self, directory: Path, variables: dict[str, str], environment: str = "dev") -> None:
        self.directory = directory
        self.environment = environment
        for name in ("home", "elsewhere", "data/inventory", "data/env"):
            (directory / name).mkdir(parents=True)
        kept = {name: value for name, value in variables.items() if name in KEPT or name.startswith("AWS_")}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        own = {name: value.format(directory=directory) for name, value in VARIABLES.items()}
        self.variables = {**kept, **own, "PATH": path, "HOME": str(directory / "home")}
        self._jobs = 0
        copy_tree(directory / "data" / "project")

    @property
    def project(self) -> Path:
        """The copied tree."""
        return self.directory / "data" / "project"

    def sync(self, only: str = "all") -> None:
        """Make the inventory of the project's one, without any secret of a vault; of a slice, with those hosts only.

        Raises:
            subprocess.CalledProcessError: the sync failed.
        """
        command = [sys.executable, "-m", "ansible", "inventory", "-i", f"inventories/{self.environment}"]
        done = subprocess.run(
            [*command, "--list", "--export"], cwd=self.project, env=self.variables, capture_output=True, check=True
        )
        inventory = _sliced(json.loads(done.stdout), only) if only != "all" else json.loads(done.stdout)
        script = self.directory / "data" / "inventory" / "hosts"
        script.write_text(SCRIPT.format(inventory=json.dumps(inventory)), encoding="utf-8")
        script.chmod(0o700)

    def passwords(self, passwords: dict[str, str]) -> None:
        """Give what is answered to the prompts of a job: secrets of a vault credential by its identifier."""
        prompts = {f"^Vault password \\({name}\\):\\s*?$": secret for name, secret in passwords.items()}
        (self.directory / "data" / "env" / "passwords").write_text(json.dumps(prompts), encoding="utf-8")

    def job(self, playbook: str, extra: Mapping[str, Any] | None = None, *arguments: str) -> Job:
        """Run a job template with the answers of a survey.

        Args:
            playbook: path in the project.
            extra: extra variables.
            arguments: of ansible-playbook, what AWX makes of the template's other fields.
        """
        self._jobs += 1
        data, ident = self.directory / "data", str(self._jobs)
        sent = yaml.dump({**OWN, **as_sent(dict(extra or {}))}, Dumper=Dumper)
        (data / "env" / "extravars").write_text(sent, encoding="utf-8")
        command = [sys.executable, "-m", "ansible_runner", "run", str(data), "-p", playbook, "--ident", ident]
        done = subprocess.run(
            [*command, "--cmdline", " ".join(["-u root", *arguments])],
            cwd=self.directory / "elsewhere",
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        return Job(done.returncode, done.stdout + done.stderr, data / "artifacts" / ident)
