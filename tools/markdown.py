"""Parts of generated pages: text of specs and plugins as Markdown, values as YAML in one line, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import yaml

NOTE = "<!-- Written by `make docs`; change {source} instead. -->"
#: Ansible's markup for names, values and options, all of them code in Markdown.
_CODE = re.compile(r"\b(?:C|O|V|M|RV|E)\(((?:[^()]|\([^)]*\))+)\)")
_URL = re.compile(r"\bU\(([^)]+)\)")


def markdown(text: str) -> str:
    """Return a description in Markdown."""
    return _URL.sub(r"<\1>", _CODE.sub(r"`\1`", text)).strip()


def paragraphs(text: str | Sequence[str]) -> list[str]:
    """Return the sentences of a description, each a paragraph."""
    return [markdown(part) for part in ([text] if isinstance(text, str) else text)]


def cell(value: Any) -> str:
    """Return text that can stand in a table."""
    return " ".join(str(value).replace("|", "\\|").split())


def code(value: Any) -> str:
    """Return a value as YAML would have it in one line."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6).removesuffix("\n...\n").strip()
    return f"`{cell(text)}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cell(item) for item in line)} |" for line in lines]


def option_row(name: str, option: dict[str, Any]) -> list[str]:
    """Return a variable's line of a table."""
    kind = option.get("type", "str") + (f" of {option['elements']}" if "elements" in option else "")
    default = "**required**" if option.get("required") else code(option.get("default"))
    allowed = [f"One of {', '.join(code(item) for item in option['choices'])}."] if "choices" in option else []
    return [f"`{name}`", kind, default, " ".join([*paragraphs(option["description"]), *allowed])]


def option_lines(options: dict[str, Any], title: str) -> Iterator[str]:
    """Yield the table of options, and nothing where there are none; parts of an option stand below it."""
    if options:
        yield from table([title, "Type", "Default", "Meaning"], _rows(options, ""))
        yield ""


def _rows(options: dict[str, Any], above: str) -> Iterator[list[str]]:
    for name, option in options.items():
        yield option_row(above + name, option)
        yield from _rows(option.get("suboptions") or {}, f"{above}{name}.")


def block(language: str, text: str) -> list[str]:
    """Return the lines of a block of code."""
    return [f"```{language}", text.strip("\n"), "```", ""]
