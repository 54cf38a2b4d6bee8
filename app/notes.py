"""The one resource: notes, with create, read and list."""

from __future__ import annotations

import json
import re
from typing import Any

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.telemetry import traces

#: Characters of a text; bytes of a body, of which the managed common rules of AWS WAF let no longer one pass.
LONGEST, MOST_BYTES = 4_000, 8 * 1024
#: Not int(): it takes any length, and refuses one above a few thousand digits with an error of its own.
ID = re.compile(r"[0-9]{1,19}")
HIGHEST_ID = 2**63 - 1
PAGE = 100
NEWEST = "SELECT id, text, created FROM notes ORDER BY id DESC LIMIT %s"
OLDEST = "SELECT id, text, created FROM notes ORDER BY id LIMIT %s"
STORE = "INSERT INTO notes (text) VALUES (%s) RETURNING id, text, created"


def _pool(request: Request) -> AsyncConnectionPool[Any]:
    pool: AsyncConnectionPool[Any] = request.app.state.pool
    return pool


async def _rows(request: Request, statement: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
    with traces.asking_the_database(statement, "notes"):
        async with _pool(request).connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(statement, values)
            return list(await cursor.fetchall())


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "created": row["created"].isoformat()}


def _storable(text: str) -> bool:
    """Say whether PostgreSQL can keep it: no zero, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


async def _body(request: Request) -> bytes | None:
    """Return the body; ``None`` for one that is too long, of which no more is read than that shows."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return None
    return body


async def create(request: Request) -> Response:
    """Store a note: ``{"text": "..."}`` gives 201 and the note with its id."""
    body = await _body(request)
    if body is None:
        return JSONResponse({"error": f"send at most {MOST_BYTES} bytes"}, 413, {"connection": "close"})
    try:
        text = json.loads(body)["text"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return JSONResponse({"error": 'send a JSON object with a "text"'}, 400)
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST or not _storable(text):
        return JSONResponse({"error": f"text must have 1 to {LONGEST} characters, none of them zero"}, 400)
    async with request.app.state.writing():
        rows = await _rows(request, STORE, (text,))
    request.app.state.metrics.count("NotesCreated")
    return JSONResponse(_shown(rows[0]), 201)


async def read(request: Request) -> Response:
    """Return a note by its id."""
    name = request.path_params["id"]
    known = ID.fullmatch(name) and int(name) <= HIGHEST_ID
    rows = await _rows(request, "SELECT id, text, created FROM notes WHERE id = %s", (int(name),)) if known else []
    return JSONResponse(_shown(rows[0])) if rows else JSONResponse({"error": "no such note"}, 404)


async def listing(request: Request) -> Response:
    """Return the newest notes; with the flag ``oldest_first`` the oldest."""
    rows = await _rows(request, OLDEST if request.app.state.flags.enabled("oldest_first") else NEWEST, (PAGE,))
    return JSONResponse({"notes": [_shown(row) for row in rows]})
