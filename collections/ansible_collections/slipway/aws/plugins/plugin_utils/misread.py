"""Answers of AWS that are not what its API reference promises, told in words instead of a traceback."""

from __future__ import annotations

import traceback
from pathlib import Path

from botocore.parsers import ResponseParserError

#: What reading such an answer ends with: a member is missing, empty, of another type or of another form.
MISREAD = (LookupError, TypeError, AttributeError, ValueError, ResponseParserError)
PLUGINS = Path(__file__).parents[1]


def misread(error: Exception) -> str:
    """Return one sentence for an answer that could not be read: what was wrong with it and who read it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if PLUGINS in Path(frame.filename).parents]
    places = [f"{Path(frame.filename).name} line {frame.lineno}" for frame in frames[-1:]]
    what = f"it lacks {error}" if isinstance(error, KeyError) else f"{type(error).__name__}: {error}"
    told = ", ".join([what, *(f"as {place} reads it" for place in places)])
    return f"an answer of AWS is not as its API reference has it: {told}; look at AWS_ENDPOINT_URL, and with -vvv"
