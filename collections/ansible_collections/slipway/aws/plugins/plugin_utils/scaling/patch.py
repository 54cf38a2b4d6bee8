"""A change of an inventory file as a diff that a person can apply."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import unified_diff
from typing import Any


def patch(path: str, text: str, values: Mapping[str, Any]) -> str:
    """Return a unified diff that sets variables in a YAML file; empty when they are so already.

    Args:
        path: of the file from the repository's root, for the diff's head.
        text: of the file.
        values: plain numbers by variable. A variable that is there is changed in its line, another comes at the end.
    """
    changed = text if text.endswith("\n") or not text else f"{text}\n"
    for name, value in values.items():
        line = re.compile(rf"^{re.escape(name)}:[^\n#]*?(?=\s*(?:#[^\n]*)?$)", re.MULTILINE)
        wanted = f"{name}: {value}"
        changed = line.sub(wanted, changed, count=1) if line.search(changed) else f"{changed}{wanted}\n"
    before, after = (each.splitlines(keepends=True) for each in (text, changed))
    lines = unified_diff(before, after, f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
