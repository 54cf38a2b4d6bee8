"""The messages that the code has, each with … for what is put into it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.playbook_inputs import load

ROOT = Path(__file__).parents[3]
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def of_python(path: Path) -> Iterator[str]:
    """Yield every text of a module; formatted ones are put together again."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def of_yaml(value: Any) -> Iterator[str]:
    """Yield every text inside of a file's content, and what stands in templates too."""
    if isinstance(value, str):
        yield _TEMPLATE.sub("…", value)
        yield from re.findall(r"'([^']+)'", value)
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from of_yaml(part)


def messages() -> list[str]:
    """Return all texts of plugins, of the local cloud's command line, of roles and of playbooks."""
    python = [*ROOT.glob("collections/**/plugins/**/*.py"), ROOT / "rehearsal/cli.py", ROOT / "rehearsal/rehearse.py"]
    yaml = [*ROOT.glob("playbooks/**/*.yml"), *ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("roles/*/vars/**/*.yml")]
    found = [text for path in python for text in of_python(path)]
    found += [text for path in yaml for text in of_yaml(load(path))]
    return [" ".join(text.split()) for text in found]


def says(message: str, quoted: str) -> bool:
    """Say whether a page quotes a message, or a part of it; … stands for anything."""
    parts = [re.escape(part.strip()) for part in quoted.split("…")]
    return re.search(".*".join(parts), message) is not None
