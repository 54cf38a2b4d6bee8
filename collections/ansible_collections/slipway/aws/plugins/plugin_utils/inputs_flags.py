"""Checks of feature flags; as in :mod:`inputs`, pure, a sentence for each mistake."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

COMPONENT = "feature_flags"
#: What a key may be: https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-type-reference-feature-flags.html
_KEY = re.compile(r"[a-z][a-zA-Z0-9_-]{0,63}")


def flag_problems(flags: Sequence[Mapping[str, Any]], platform: Container[str]) -> Iterator[str]:
    """Check that somebody deploys the flags, and that each has a key of its own.

    Args:
        flags: of the environment.
        platform: the components of the inventory; none where the run has no part of it.
    """
    if flags and platform and COMPONENT not in platform:
        yield (
            f"feature_flags has {len(flags)} flags, but the inventory has no component {COMPONENT}; add it to"
            " hosts.yml, in the group access"
        )
    names = [str(flag.get("name", "")) for flag in flags]
    for name in dict.fromkeys(names):
        if not _KEY.fullmatch(name):
            yield (
                f"feature_flags has a flag with the name {name!r}; allowed are 1 to 64 letters, digits, _ and -, a"
                " small letter first"
            )
        if names.count(name) > 1:
            yield f"feature_flags has {name} {names.count(name)} times; give each flag once"
