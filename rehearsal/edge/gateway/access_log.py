"""Access logs of stages: their format, filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.edge.gateway.mapping import looked_up

_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.-]+)")


def line(form: str, context: Mapping[str, Any]) -> str:
    """Return a line in a format with variables such as ``$context.status``; ``-`` stands for what there is not."""
    return _VARIABLE.sub(lambda found: looked_up(context, found[1]).replace('"', '\\"') or "-", form)
