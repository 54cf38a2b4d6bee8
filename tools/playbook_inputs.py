"""What each playbook is given beside variables of roles and inventories, found in what it and its roles read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, nodes

from tools.files import defaults_files

ROOT = Path(__file__).parents[1]
#: Keywords whose value is an expression without braces.
BARE = {"when", "that", "until", "changed_when", "failed_when", "var"}
IMPORTS = ("import_role", "include_role", "import_tasks", "include_tasks", "import_playbook")
#: What Ansible and AWX give, and what templates have of their own.
GIVEN = re.compile(
    r"(ansible|awx|tower|hostvars|inventory|play|playbook|role|group)(_\w+|s)?"
    r"|lookup|query|omit|item|now|range|dict"
)
_JINJA = Environment(autoescape=True, extensions=["jinja2.ext.do"])


class Loader(yaml.CSafeLoader):
    """Reads what Ansible reads; what it never renders, and what is vaulted, reads nothing."""


for tag in ("!unsafe", "!vault"):
    Loader.add_constructor(tag, lambda _loader, _node: "")


@cache
def load(path: Path) -> Any:
    """Return the content of a YAML file, an empty dictionary for an empty one."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader) or {}  # noqa: S506  a SafeLoader


def short(name: str) -> str:
    """Return a module's name without its collection."""
    return name.removeprefix("ansible.builtin.")


@cache
def names(text: str) -> frozenset[str]:
    """Return the variables that a template reads."""
    found = list(_JINJA.parse(text).find_all(nodes.Name))
    return frozenset(one.name for one in found if one.ctx == "load") - {one.name for one in found if one.ctx != "load"}


class Reader:
    """Collects what is read, what is set, and what is withheld from an import, by everything that a playbook runs."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.bound: set[str] = set()
        self.withheld: set[str] = set()
        self._seen: set[Path] = set()

    def file(self, path: Path) -> None:
        """Read a playbook or a file of tasks, once."""
        if path not in self._seen:
            self._seen.add(path)
            self.value(load(path), path)

    def value(self, value: Any, path: Path, *, bare: bool = False) -> None:
        """Read anything that stands in such a file."""
        if isinstance(value, str):
            self.read |= names("{{ " + value + " }}" if bare and "{{" not in value else value)
        elif isinstance(value, list):
            for one in value:
                self.value(one, path, bare=bare)
        elif isinstance(value, dict):
            self.mapping({short(str(key)): one for key, one in value.items()}, path)

    def mapping(self, mapping: dict[str, Any], path: Path) -> None:
        """Read a play, a task or a dictionary in one of them."""
        for keyword in ("vars", "set_fact"):
            self.bound |= set(mapping.get(keyword) or {}) if isinstance(mapping.get(keyword), dict) else set()
        # What an action reads as it was given: a branch is called what others like.
        self.read |= set(mapping.get("untemplated") or [])
        self.bound |= {one for one in (mapping.get("register"), mapping.get("loop_var")) if isinstance(one, str)}
        if "import_playbook" in mapping:
            self.withheld |= {name for name, value in (mapping.get("vars") or {}).items() if value == ""}
        for name in mapping.get("vars_files") or []:
            self.bound |= set(load(path.parent / name))
            self.file(path.parent / name)
        for key, value in mapping.items():
            if key in IMPORTS:
                self.imported(key, value, path)
            elif key == "roles":
                for role in value:
                    self.imported("include_role", role if isinstance(role, dict) else {"role": role}, path)
            self.value(value, path, bare=key in BARE)

    def imported(self, keyword: str, value: Any, path: Path) -> None:
        """Read what a task or a play imports."""
        if keyword in {"import_role", "include_role"}:
            name = str(value.get("name") or value.get("role"))
            for role in [name] if "{{" not in name else components():
                self.role(ROOT / "roles" / role, str(value.get("tasks_from") or "main").removesuffix(".yml"))
        else:
            name = str(value["file"] if isinstance(value, dict) else value)
            fitting = [path.parent / name] if "{{" not in name else path.parent.glob("*.yml")
            for one in fitting:
                self.file(one)

    def role(self, role: Path, tasks: str) -> None:
        """Read an entry point of a role, and its defaults and variables."""
        for path in [*defaults_files(role), *role.glob("vars/main.yml")]:
            self.bound |= set(load(path))
            self.file(path)
        # A name that is made at run time stands for every file that fits.
        for path in (role / "tasks").glob(re.sub(r"\{\{.*?\}\}", "*", tasks) + ".yml"):
            self.file(path)


@cache
def components() -> list[str]:
    """Return the roles that `site.yml` runs by the name of a host."""
    return [path.name for path in sorted((ROOT / "roles").iterdir()) if (path / "tasks" / "main.yml").exists()]


@cache
def known() -> set[str]:
    """Return every variable that a role, the shared variables or an inventory has."""
    found: set[str] = set()
    for path in ROOT.glob("roles/*/meta/argument_specs.yml"):
        for entry in load(path)["argument_specs"].values():
            found |= set(entry.get("options") or {})
    for path in [*ROOT.glob("group_vars/all/*.yml"), *ROOT.glob("inventories/*/*_vars/**/*.yml")]:
        found |= set(load(path))
    return found


@cache
def between() -> set[str]:
    """Return what playbooks give to those they import, and nobody else does."""
    plays = [play for path in ROOT.glob("playbooks/*.yml") for play in load(path)]
    return {name for play in plays if "ansible.builtin.import_playbook" in play for name in play.get("vars") or {}}


def derived() -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the shared variables that are made of others, with those they read."""
    for path in (ROOT / "group_vars" / "all").glob("*.yml"):
        for name, value in load(path).items():
            if isinstance(value, str) and "{{" in value:
                yield name, names(value)


def inputs(playbook: Path, declared: Iterable[str]) -> set[str]:
    """Return the inputs of a playbook: the declared ones that it reads, and whatever nobody else gives.

    Args:
        playbook: its file.
        declared: all inputs there are.
    """
    reader = Reader()
    reader.file(playbook)
    read = set(reader.read)
    for name, needed in derived():
        read |= needed if name in read else set()
    others = read - known() - between() - reader.bound
    return {name for name in others if not GIVEN.fullmatch(name) and not name.startswith("__")} | (
        read & set(declared) - reader.withheld
    )


def entry_points() -> list[Path]:
    """Return the playbooks that somebody runs: those that no other imports, and the root's."""
    paths = sorted([*ROOT.glob("playbooks/*.yml"), ROOT / "site.yml"])
    imported = {
        (path.parent / play["ansible.builtin.import_playbook"]).resolve()
        for path in paths
        for play in load(path)
        if "ansible.builtin.import_playbook" in play
    }
    return [path for path in paths if path not in imported]


def main() -> None:
    """Print the inputs of every playbook."""
    declared = load(ROOT / "playbooks" / "vars" / "inputs.yml")["inputs"]
    for path in entry_points():
        print(f"{path.relative_to(ROOT)}: {', '.join(sorted(inputs(path, declared)))}")


if __name__ == "__main__":
    main()
