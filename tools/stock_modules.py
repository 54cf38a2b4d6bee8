"""What Ansible's own collections offer for each resource type: tools/stock_modules.yml with the installed sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

import ansible_collections

DATA = Path(__file__).with_suffix(".yml")
NOT_TRIED = "not tried"
NONE = "none"
#: A module that returns what it would change says so under this name.
_DIFF = re.compile(r"""["']diff["']|\bdiff=""")


def comparison() -> dict[str, Any]:
    """Return the data as it is written down."""
    content: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return content


def source(module: str) -> Path | None:
    """Return the file of an installed module, ``None`` when there is none."""
    namespace, collection, name = module.split(".")
    places = (Path(place) / namespace / collection / "plugins" / "modules" for place in ansible_collections.__path__)
    return next((place / f"{name}.py" for place in places if (place / f"{name}.py").is_file()), None)


def returns_diff(module: str) -> bool:
    """Say whether a module's source returns a diff.

    Raises:
        FileNotFoundError: there is no such module.
    """
    path = source(module)
    if path is None:
        raise FileNotFoundError(module)
    return bool(_DIFF.search(path.read_text(encoding="utf-8")))


def rows(types: list[str]) -> Iterator[list[str]]:
    """Yield the line of each resource type: type, stock module, unknown input, field diff, second run, gaps."""
    known = comparison()["types"]
    for name in types:
        entry = known[name]
        if entry["module"] == NONE:
            yield [f"`{name}`", "there is none", "-", "-", "-", ""]
            continue
        module = f"`{entry['module']}`" + (", as a part" if entry.get("part_of") else "")
        diff = "returned (read)" if returns_diff(entry["module"]) else "none (read)"
        tried = [entry.get(column, NOT_TRIED) for column in ("unknown", "second")]
        yield [f"`{name}`", module, tried[0], diff, tried[1], entry.get("gap", "")]
