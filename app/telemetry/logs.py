"""One JSON object a line on standard output: bounded, and without secrets."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from .context import CURRENT
from .redaction import clean, scrub
from .settings import Settings

#: Bytes of a line, at most. CloudWatch Logs takes 256 KiB and is paid by the byte.
LONGEST_LINE = 16_384


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON, with what was passed as ``extra={"fields": {...}}``.

    Args:
        settings: name the service.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        named = {"service": settings.service, "version": settings.version, "environment": settings.environment}
        self._named = named

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        request = CURRENT.get()
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": scrub(record.getMessage()),
            **self._named,
            **(request.fields() if request else {}),
        }
        more = {name: clean(name, value) for name, value in getattr(record, "fields", {}).items()}
        if record.exc_info:
            more["exception"] = scrub(self.formatException(record.exc_info))
        text = json.dumps({**line, **{name: value for name, value in more.items() if name not in line}}, default=str)
        if len(text) > LONGEST_LINE:
            text = json.dumps({**line, "message": line["message"][:200], "left_out": sorted(more)[:20]})
        return text


def set_up(settings: Settings) -> None:
    """Send all logs to standard output as JSON."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(settings))
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    # Of these, debug lines tell of calls to AWS with their signatures, and of every connection.
    for name in ("botocore", "boto3", "urllib3", "opentelemetry"):
        logging.getLogger(name).setLevel(logging.WARNING)
