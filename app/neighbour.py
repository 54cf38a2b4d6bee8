"""Another service, called by its name: what the reference service shows of calls between services."""

from __future__ import annotations

import asyncio
import logging
import urllib.error
import urllib.request

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.telemetry import traces

LOG = logging.getLogger("app")
#: Seconds to wait; longer than the proxy between the services does, whose answer says more.
PATIENCE = 20.0
#: A service whose neighbours do not answer says so with this status.
BAD_GATEWAY = 502


async def version(request: Request) -> Response:
    """Return what the neighbour says of its version, or 502 with what was wrong."""
    url = request.app.state.config.neighbour
    if not url:
        return JSONResponse({"error": "NEIGHBOUR_URL is not set"}, 404)
    asked = urllib.request.Request(f"{url}/version", headers=traces.passed_on())  # noqa: S310  the environment says where
    status, text = await asyncio.to_thread(_asked, asked)
    if status != 200:  # noqa: PLR2004
        LOG.error("%s answered %s", url, status)
        return JSONResponse({"error": f"{url} answered {status}: {text}"}, BAD_GATEWAY)
    return Response(text, media_type="application/json")


def _asked(request: urllib.request.Request) -> tuple[int, str]:
    """Return status and text of an answer; 0 with the reason where there was none."""
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  as above
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")
    except OSError as error:
        return 0, str(error)
