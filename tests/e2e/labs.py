"""Labs as their pages have them: the blocks of commands, and what each has to show.

A block ``console`` has lines ``$ command``, continued by ``> ...``, each followed by what its output has, in
that order; ``…`` stands for anything. ``console fails`` ends with a command that fails, ``console check`` says whether
one got there. ``console start``, ``console env`` and ``console end`` are the same everywhere: tests have a standing
environment instead.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
LABS = sorted((ROOT / "docs" / "labs").glob("[0-9]*.md"))
PAGES = [ROOT / "docs" / "getting-started.md", *LABS]
FRAME = {
    "start": "$ make up",
    "env": '$ . .venv/bin/activate\n$ eval "$(python -m rehearsal env)"',
    "end": "$ make down",
}
#: Seconds for one command, of which most take five.
PATIENCE = 180
_BLOCK = re.compile(r"^```console ?(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Command:
    """A command, the parts of its output in order, and whether it has to fail."""

    text: str
    shows: list[str] = field(default_factory=list)
    fails: bool = False

    def problem(self, code: int, output: str) -> str:
        """Return what is not as the page says, empty when all is."""
        if (code != 0) != self.fails:
            return f"ended with {code}"
        told, place = " ".join(output.split()), 0
        for part in (piece.strip() for line in self.shows for piece in line.split("…")):
            found = told.find(" ".join(part.split()), place)
            if found < 0:
                return f"does not show {part!r} where the page has it"
            place = found + len(part)
        return ""


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return the kind and the text of each block of commands."""
    return [(match["kind"], match["text"]) for match in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


def commands(page: Path) -> list[Command]:
    """Return what a page has one do between start and end, in order."""
    found: list[Command] = []
    for kind, text in blocks(page):
        if kind not in FRAME:
            found += _commands(text)
            found[-1].fails = kind == "fails"
    return found


def _commands(text: str) -> Iterator[Command]:
    command: Command | None = None
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command
            command = Command(line[2:])
        elif command and line.startswith("> ") and not command.shows:
            command.text += f"\n{line[2:]}"
        elif command and line.strip():
            command.shows.append(line)
    if command:
        yield command


def run(command: Command, variables: Mapping[str, str]) -> tuple[int, str]:
    """Run a command as a shell would, in the checkout; return its exit code and what it wrote."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.text],
        cwd=ROOT,
        env=dict(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout
