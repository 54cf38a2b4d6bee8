"""SSM: values against the pattern of their parameter."""

from __future__ import annotations

import re

from rehearsal.control.overlay import Call, Refused, before


@before("ssm", "PutParameter")
def check_pattern(call: Call) -> None:
    """Refuse a value that does not match the allowed pattern."""
    pattern, value = call.params.get("AllowedPattern"), call.params["Value"]
    if pattern and not re.search(pattern, value):
        raise Refused(
            "ParameterPatternMismatchException",
            f"Parameter value, cannot be validated against allowedPattern: {pattern}",
        )
