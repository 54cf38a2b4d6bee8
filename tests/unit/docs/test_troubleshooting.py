"""The page of messages quotes messages that there are, and says what to do about each."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.unit.docs.messages import messages, says

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^### `(.+)`\n\n(.+)", TEXT, re.MULTILINE)
#: Shorter ones would be found anywhere.
LEAST = 12


@cache
def known() -> tuple[str, ...]:
    return tuple(messages())


def test_there_are_entries_and_none_twice() -> None:
    quoted = [message for message, _ in ENTRIES]
    assert len(quoted) > 20
    assert len(quoted) == len(set(quoted)) == TEXT.count("\n### ")


@pytest.mark.parametrize(("quoted", "meaning"), ENTRIES, ids=[message for message, _ in ENTRIES])
def test_the_code_says_so(quoted: str, meaning: str) -> None:
    assert len(quoted.replace("…", "").strip()) >= LEAST
    assert any(says(message, quoted) for message in known()), f"no code says {quoted!r}"
    assert meaning


def test_a_message_that_nobody_says_is_found() -> None:
    assert not any(says(message, "the moon is in the way of …") for message in known())
    assert says(
        "web: image x:1 is not in the registry, which has 1.0.0; push it", "image … is not in the registry, which"
    )
