"""Which revision was measured."""

from __future__ import annotations

import subprocess

from tools.files import ROOT

#: Ends a revision from which files differ.
CHANGED = "+"
#: All but what measuring itself writes.
MEASURED = (
    ".",
    ":!bench/*.json",
    *(f":!docs/{page}.md" for page in ("disaster-recovery", "performance", "rehearsal", "sweeps")),
)


def revision() -> str:
    """Return the last revision that changed more than results, with a ``+`` where files differ from it."""
    changed = CHANGED if _git("status", "--porcelain", "--", *MEASURED) else ""
    return _git("log", "-1", "--format=%h", "--", *MEASURED) + changed


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
