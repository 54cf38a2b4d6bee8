"""Measure the edge for ten seconds: requests a second over TLS with one hop, while a rule changes ten times a second.

    python bench/edge.py [--seconds 10] [--clients 16] [--changes 10]

Prints requests a second, the 50th and 99th percentile of the response time, and how many requests were dropped.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))
from rehearsal.authority import Authority

HOST = "web.example.com"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"
CALL = f"GET /items HTTP/1.1\r\nHost: {HOST}\r\nAccept: */*\r\n\r\n".encode()


class Target(asyncio.Protocol):
    """The cheapest HTTP server there is, so that the edge is what is measured."""

    def connection_made(self, transport: Any) -> None:
        """Keep the transport."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request."""
        self.transport.write(ANSWER * data.count(b"\r\n\r\n"))


def document(certificate: tuple[Path, Path], port: int, weights: tuple[int, int]) -> dict[str, Any]:
    """Return a routing table with one HTTPS listener and a weighted pair of target groups."""
    health = {
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckPath": "/",
        "HealthCheckIntervalSeconds": 10.0,
        "HealthCheckTimeoutSeconds": 5.0,
        "HealthyThresholdCount": 2,
        "UnhealthyThresholdCount": 2,
        "Matcher": "200",
    }
    targets = [{"id": "10.0.0.9", "port": port, "address": "127.0.0.1", "reachable": True}]
    pair = [{"TargetGroupArn": f"arn:group/{name}", "Weight": w} for name, w in zip("ab", weights, strict=True)]
    forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": pair}}
    host = {"Field": "host-header", "HostHeaderConfig": {"Values": [HOST]}}
    rule = {"arn": "arn:rule", "conditions": [host], "action": forward}
    listener = {
        "arn": "arn:listener",
        "port": 443,
        "protocol": "HTTPS",
        "policy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "certificates": [{"names": [HOST], "chain": str(certificate[0]), "key": str(certificate[1])}],
        "attributes": {"routing.http.response.strict_transport_security.header_value": "max-age=31536000"},
        "rules": [rule],
    }
    balancer = {
        "arn": "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/bench/1",
        "name": "bench",
        "dns": "bench.elb.amazonaws.com",
        "address": "127.0.0.1",
        "internal": False,
        "cidrs": [],
        "admits": {"443": ["0.0.0.0/0"]},
        "attributes": {},
        "firewall": None,
        "listeners": [listener],
    }
    groups = [
        {"arn": f"arn:group/{name}", "protocol": "HTTP", "attributes": {}, "health": health, "targets": targets}
        for name in "ab"
    ]
    return {"balancers": [balancer], "groups": groups, "names": {}}


async def client(address: tuple[str, int], context: ssl.SSLContext, until: float, times: list[float]) -> int:
    """Send one request after the other over one connection; return how many failed."""
    failed = 0
    reader, writer = await asyncio.open_connection(*address, ssl=context, server_hostname=HOST)
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(CALL)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(2)
            failed += not head.startswith(b"HTTP/1.1 200")
        except (OSError, asyncio.IncompleteReadError):
            failed += 1
            reader, writer = await asyncio.open_connection(*address, ssl=context, server_hostname=HOST)
        times.append(time.perf_counter() - started)
    writer.close()
    return failed


class Control:
    """The other end of the edge's control socket."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.writer: asyncio.StreamWriter | None = None
        self.number = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take what the edge reports."""
        self.writer = writer
        while line := await reader.readline():
            message = json.loads(line)
            if "stats" not in message and "health" not in message:
                await self.messages.put(message)

    async def push(self, table: dict[str, Any]) -> dict[str, Any]:
        """Have the edge route by a table; return its acknowledgement."""
        assert self.writer is not None  # noqa: S101  it says which port its proxy has before anything is pushed
        self.number += 1
        self.writer.write(json.dumps({"number": self.number, "table": table}).encode() + b"\n")
        return await self.messages.get()


async def change(control: Control, tables: list[dict[str, Any]], rate: float) -> None:
    """Change the weights again and again."""
    while rate:
        for table in tables:
            await control.push(table)
            await asyncio.sleep(1 / rate)


async def measure(options: argparse.Namespace, directory: Path) -> None:
    """Start an edge process and a target, send requests, print what was measured."""
    authority, control = Authority(directory), Control()
    certificate = authority.issue([HOST])
    socket = directory / "control"
    await asyncio.start_unix_server(control.serve, socket)
    loop = asyncio.get_running_loop()
    target = await loop.create_server(Target, "127.0.0.1", 0)
    edge = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rehearsal.edge", "--control-socket", str(socket), cwd=Path(__file__).parents[1]
    )
    try:
        await asyncio.wait_for(control.messages.get(), 20)
        port = target.sockets[0].getsockname()[1]
        tables = [document(certificate, port, weights) for weights in ((900, 100), (500, 500), (999, 0))]
        bound = (await control.push(tables[0]))["bound"]["arn:listener"]
        await asyncio.sleep(1)  # for the first health checks
        context = ssl.create_default_context(cadata=authority.root_pem)
        changing = asyncio.create_task(change(control, tables, options.changes))
        times: list[float] = []
        until = time.perf_counter() + options.seconds
        clients = (client(tuple(bound), context, until, times) for _ in range(options.clients))
        failed = sum(await asyncio.gather(*clients))
        changing.cancel()
        processor = psutil.Process(edge.pid).cpu_times()
    finally:
        edge.terminate()
        await edge.wait()
    hundredths = statistics.quantiles(times, n=100)
    print(  # noqa: T201  a measurement prints
        f"{len(times) / options.seconds:.0f} requests/s over {options.clients} connections, "
        f"p50 {hundredths[49] * 1000:.1f} ms, p99 {hundredths[98] * 1000:.1f} ms, "
        f"{control.number - 1} rule changes, {failed} of {len(times)} requests dropped, "
        f"{(processor.user + processor.system) / len(times) * 1e6:.0f} us of the edge's processor time a request"
    )


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--changes", type=float, default=10.0, help="rule changes a second")
    with tempfile.TemporaryDirectory() as directory:
        uvloop.run(measure(parser.parse_args(), Path(directory)))


if __name__ == "__main__":
    main()
