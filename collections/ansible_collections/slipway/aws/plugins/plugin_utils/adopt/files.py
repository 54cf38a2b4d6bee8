"""The files of an inventory, in the layout of those there are."""

from __future__ import annotations

from typing import Any

import yaml

from .describe import Described
from .part import Pins

HEADS = {
    "hosts": "A host is a component of the platform or a service. playbooks/adopt.yml wrote it.",
    "main": "What is, as playbooks/adopt.yml found it. Whatever is not named here has the roles' defaults.",
    "adopted": "What is found by its own id and stays as it is, by component; docs/adoption.md says more.\n"
    "# change: properties that Slipway may change, or all. leave: neither made nor changed.",
    "services": "Every service. The number is the priority of its listener rule, after those of what stood before.",
    "releases": "What runs: one entry a service.",
    "service": "Comes new beside the service that stood before, which goes on serving.",
}


class _Dumper(yaml.SafeDumper):
    """Indents lists below their names, as yamllint wants it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  PyYAML's
        super().increase_indent(flow, False)  # noqa: FBT003  PyYAML's


class _Line(dict[str, Any]):
    """A dictionary that is written in one line."""


_Dumper.add_representer(
    _Line, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)
_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))


def _text(head: str, content: Any) -> str:
    return f"---\n# {HEADS[head]}\n" + yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, width=10_000, allow_unicode=True
    )


def files(described: Described) -> dict[str, str]:
    """Return the text of each file by its path in the inventory."""
    name, run, part = described.name, described.services, described.part
    own = f"group_vars/{name}"
    return {
        "hosts.yml": _text("hosts", _hosts(described)),
        f"{own}/main.yml": _text("main", part.variables),
        f"{own}/adopted.yml": _text("adopted", {"slipway_adopted": _lines(part.pins)}),
        f"{own}/services.yml": _text("services", {"environment_services": run.listed}),
        f"{own}/releases.yml": _text("releases", {"releases": run.releases}),
        **{f"host_vars/{host}.yml": _text("service", values) for host, values in run.hosts.items()},
        "README.md": _page(described),
    }


def _lines(pins: Pins) -> dict[str, dict[str, _Line]]:
    return {component: {key: _Line(entry) for key, entry in entries.items()} for component, entries in pins.items()}


def _page(described: Described) -> str:
    left = [f"- {one['what']}: {one['why']}." for one in described.part.left]
    return "\n".join([f"# {described.name}, as it was taken over", "", "What stays outside, and why:", "", *left, ""])


def _hosts(described: Described) -> dict[str, Any]:
    stages = {
        stage: {"hosts": dict.fromkeys(components)} for stage, components in described.stages.items() if components
    }
    groups = {"platform": {"children": stages}, "services": {"hosts": dict.fromkeys(described.services.hosts)}}
    return {"all": {"children": {described.name: {"children": groups}}}}
