"""Load: clients that write rows and read them back through the front door, and count what fails."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp

CREATED, OK = 201, 200
CLIENTS = 4
#: Seconds a client waits for an answer; a person would have given up.
PATIENCE = 10.0
#: Seconds between two notes of a client: about sixty requests a second of all, which leave a processor to others.
PAUSE = 0.1


@dataclass
class Result:
    """What the clients saw: seconds of every request, rows written and read back, and what failed."""

    durations: list[float] = field(default_factory=list)
    written: int = 0
    read: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """Number of requests sent."""
        return len(self.durations)

    def percentile(self, share: float) -> float:
        """Return the seconds within which ``share`` per cent of the requests were answered."""
        ordered = sorted(self.durations)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else 0.0


async def send(
    url: str, variables: Mapping[str, str], result: Result, ended: threading.Event, pause: float = 0
) -> None:
    """Send requests until told to stop.

    Args:
        url: of the service, without a path.
        variables: of the local cloud: its forward proxy, and the bundle that its certificates are checked against.
        result: counted into while they are sent.
        ended: tells to stop.
        pause: seconds of each client after it has read what it wrote.
    """
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=variables["SSL_CERT_FILE"]))
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        clients = [Client(session, url, variables["HTTPS_PROXY"], result, pause) for _ in range(CLIENTS)]
        await asyncio.gather(*(client.send_until(ended) for client in clients))


class Load(threading.Thread):
    """Sends requests beside what goes on inside of a ``with`` block.

    Args:
        url: of the service, without a path.
        variables: the environment of the local cloud.
        pause: seconds of each client after it has read what it wrote.
    """

    def __init__(self, url: str, variables: Mapping[str, str], pause: float = PAUSE) -> None:
        super().__init__(daemon=True)
        self.result = Result()
        self._ended = threading.Event()
        self._url, self._variables, self._pause = url, variables, pause

    def run(self) -> None:
        """Send until told to stop."""
        asyncio.run(send(self._url, self._variables, self.result, self._ended, self._pause))

    def __enter__(self) -> Result:
        """Begin; the result counts from now on."""
        self.start()
        return self.result

    def __exit__(self, *_: object) -> None:
        """Stop when the requests in flight have their answers."""
        self._ended.set()
        self.join()


@dataclass
class Client:
    """One client: writes a note, reads it back, and again."""

    session: aiohttp.ClientSession
    url: str
    proxy: str
    result: Result
    pause: float = 0

    async def send_until(self, ended: threading.Event) -> None:
        """Send until told to stop."""
        while not ended.is_set():
            try:
                await self._write_and_read()
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                self.result.failures.append(f"{type(error).__name__}: {error}")
            await asyncio.sleep(self.pause)

    async def _write_and_read(self) -> None:
        text = f"note {self.result.requests}"
        note = await self._request("POST", "/notes", CREATED, {"text": text})
        self.result.written += 1
        found = await self._request("GET", f"/notes/{note['id']}", OK)
        if found["text"] != text:
            raise ValueError(f"note {note['id']} reads {found['text']!r}, written was {text!r}")
        self.result.read += 1

    async def _request(
        self, method: str, path: str, expected: int, body: dict[str, str] | None = None
    ) -> dict[str, str]:
        begun = time.monotonic()
        async with self.session.request(method, self.url + path, proxy=self.proxy, json=body) as response:
            text = await response.text()
            self.result.durations.append(time.monotonic() - begun)
            if response.status != expected:
                raise ValueError(f"{method} {path} answered {response.status}: {text[:200]}")
            answer: dict[str, str] = await response.json()
            return answer
