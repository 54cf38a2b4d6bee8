"""A telemetry sidecar: takes whatever is sent to the OTLP port over HTTP, and drops it."""

from __future__ import annotations

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType

#: https://opentelemetry.io/docs/specs/otlp/#otlphttp-default-port
PORT = 4318


class Sink(BaseHTTPRequestHandler):
    """Answers every export with success."""

    def do_POST(self) -> None:
        """Read the body and forget it."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing a request."""


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Serve until told to end."""
    signal.signal(signal.SIGTERM, _end)
    ThreadingHTTPServer((os.environ.get("HOST", "127.0.0.1"), PORT), Sink).serve_forever()


if __name__ == "__main__":
    main()
