"""Pages of the reference, from what documents itself: modules, filters, playbooks and roles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.files import ROOT, load
from tools.markdown import NOTE, block, markdown, option_lines, paragraphs, table
from tools.playbook_inputs import entry_points, inputs

PLUGINS = ROOT / "collections" / "ansible_collections" / "slipway" / "aws" / "plugins"
_COMMAND = re.compile(r"ansible-playbook \S+ -i \S+(?: -e \S+| \[-e \S+\])*")
_SECTION = r'^ *{name} = r?"""(.*?)"""'


def section(module: Path, name: str) -> str:
    """Return a section of a module's documentation, empty without it."""
    found = re.search(_SECTION.format(name=name), module.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def documentation(module: Path) -> dict[str, Any]:
    """Return what a module's DOCUMENTATION says, with the options and attributes of its fragments."""
    content: dict[str, Any] = yaml.safe_load(section(module, "DOCUMENTATION") or "{}")
    fragments = [
        documentation(PLUGINS / "doc_fragments" / f"{name.rpartition('.')[2]}.py")
        for name in content.get("extends_documentation_fragment", ())
    ]
    shared = {
        part: {name: one for found in [content, *fragments] for name, one in found.get(part, {}).items()}
        for part in ("options", "attributes")
    }
    return {**content, **shared}


def modules() -> list[Path]:
    """Return the modules of the collection."""
    return sorted((PLUGINS / "modules").glob("*.py"))


def filters() -> dict[str, Path]:
    """Return the descriptions of all filters by the name that a template uses."""
    own = {path.stem: path for path in sorted((ROOT / "filter_plugins").glob("*.yml"))}
    return {**own, **{f"slipway.aws.{path.stem}": path for path in sorted((PLUGINS / "filter").glob("*.yml"))}}


def _described(name: str, doc: dict[str, Any]) -> Iterator[str]:
    yield from (f"## {name}", "", markdown(doc["short_description"]) + ".", "")
    for text in paragraphs(doc["description"]):
        yield from (text, "")


def _returned(values: dict[str, Any]) -> Iterator[str]:
    if values:
        rows = (
            [f"`{name}`", one.get("type", ""), " ".join(paragraphs(one["description"]))] for name, one in values.items()
        )
        yield from (*table(["Returned", "Type", "Meaning"], rows), "")


def modules_reference() -> str:
    """Return the page of all modules with their options, examples and results."""
    lines = [NOTE.format(source="the modules' documentation"), "# Modules of slipway.aws", ""]
    lines += ["`ansible-doc -t module slipway.aws.converge` shows one in a terminal.", ""]
    for path in modules():
        doc = documentation(path)
        lines += [*_described(f"slipway.aws.{path.stem}", doc), *option_lines(doc.get("options") or {}, "Option")]
        mode = (doc.get("attributes") or {}).get("check_mode") or {}
        if mode:
            lines += [f"Check mode: {mode['support']}. {' '.join(paragraphs(mode.get('description', '')))}".strip(), ""]
        lines += block("yaml", section(path, "EXAMPLES"))
        lines += _returned(yaml.safe_load(section(path, "RETURN") or "{}"))
    return "\n".join(lines)


def filters_reference() -> str:
    """Return the page of all filters with their parameters, examples and results."""
    lines = [NOTE.format(source="the filters' .yml files"), "# Filters", ""]
    lines += ["Those without a prefix are in `filter_plugins/`, the others in the collection.", ""]
    lines += ["`_input` is what stands before the bar.", ""]
    for name, path in filters().items():
        content = load(path)
        doc = content["DOCUMENTATION"]
        lines += [*_described(name, doc), *option_lines(doc.get("options") or {}, "Parameter")]
        lines += block("yaml", content["EXAMPLES"])
        lines += [*(f"Returns: {text}" for text in paragraphs(content["RETURN"]["_value"]["description"])), ""]
    return "\n".join(lines)


def playbooks_reference() -> str:
    """Return the page of the playbooks that somebody runs, with what each is given by -e or a survey."""
    declared = load(ROOT / "playbooks" / "vars" / "inputs.yml")["inputs"]
    lines = [NOTE.format(source="the playbooks and playbooks/vars/inputs.yml"), "# Playbooks", ""]
    lines += ["Every variable of a role or an inventory can be given by `-e` too, for one run.", ""]
    jobs = {ROOT / one["playbook"] for one in load(ROOT / "awx" / "job_templates.yml")["awx_templates"]}
    for path in sorted(jobs | set(entry_points())):
        read = inputs(path, declared)
        named = {name: option for name, option in declared.items() if name in read}
        lines += [f"## {path.relative_to(ROOT)}", "", *_headed(path), *option_lines(named, "Input")]
    return "\n".join(lines)


def _headed(path: Path) -> Iterator[str]:
    """Yield the comment at the top of a playbook, its command as a block."""
    comment = re.search(r"\A---\n((?:#.*\n)+)", path.read_text(encoding="utf-8"))
    text = " ".join(line.lstrip("# ").rstrip("\\ ") for line in comment[1].splitlines()) if comment else ""
    command = _COMMAND.search(text)
    if command:
        yield from block("console", command[0].strip(" .,"))
        text = re.sub(rf":? *{re.escape(command[0])}[.,]? *(?:then )?", ". ", text)
    yield from (text.strip().rstrip(".") + ".", "")


def roles_reference() -> str:
    """Return the page that lists all roles."""
    lines = [NOTE.format(source="the roles' specs"), "# Roles", ""]
    lines += ["One component of the platform each, or what is done with a service. A page lists all variables.", ""]
    paths = sorted((ROOT / "roles").glob("*/meta/argument_specs.yml"))
    rows = ([f"[{path.parents[1].name}](../../roles/{path.parents[1].name}/README.md)", _short(path)] for path in paths)
    return "\n".join([*lines, *table(["Role", "Purpose"], rows), ""])


def _short(path: Path) -> str:
    return markdown(load(path)["argument_specs"]["main"]["short_description"]) + "."


def reference() -> dict[str, str]:
    """Return the pages of the reference by file name."""
    return {
        "modules.md": modules_reference(),
        "filters.md": filters_reference(),
        "playbooks.md": playbooks_reference(),
        "roles.md": roles_reference(),
    }
