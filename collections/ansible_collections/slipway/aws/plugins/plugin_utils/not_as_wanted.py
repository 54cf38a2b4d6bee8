"""What is told of a resource that is not as wanted, or not yet."""

from __future__ import annotations

from botocore.exceptions import ClientError

from .adapter import Adapter
from .cloud import explain
from .compare import Changes
from .outcome import hidden
from .resource import State

#: Characters of a value in a warning; --diff shows all of it.
LONGEST = 80


def not_kept(adapter: Adapter, changes: Changes) -> str:
    """Return what to tell of values that AWS took and does not show."""
    return f"AWS took {', '.join(sorted(changes))} and shows other values: {_told(adapter, changes)}"


def stays(adapter: Adapter, changes: Changes, error: ClientError) -> str:
    """Return what to tell of values that cannot be set, since the call for it is not offered."""
    return f"{explain(error)}; until then {_told(adapter, changes)}"


def how_far(state: State) -> str:
    """Return what AWS says about how far a resource is, to end a sentence: ``, DBInstanceStatus is creating``."""
    said = {name: value for name, value in state.items() if name.lower().endswith(("status", "state"))}
    codes = {name: value.get("Code") if isinstance(value, dict) else value for name, value in said.items()}
    return "".join(f", {name} is {code}" for name, code in codes.items() if isinstance(code, str))


def _told(adapter: Adapter, changes: Changes) -> str:
    before, after = ({name: change[side] for name, change in changes.items()} for side in (0, 1))
    pairs = zip(sorted(hidden(before, adapter).items()), sorted(hidden(after, adapter).items()), strict=True)
    return ", ".join(f"{name} is {_short(repr(old))} and not {_short(repr(new))}" for (name, old), (_, new) in pairs)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
