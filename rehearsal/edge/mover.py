"""Keeps the edge process routing by what the control plane says, and knows what it reports."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rehearsal.edge.reader import document
from rehearsal.world import World

LOG = logging.getLogger(__name__)
#: What routing depends on.
FOLLOWED = frozenset({"elbv2", "ec2", "acm", "route53", "wafv2", "apigateway", "apigatewayv2"})
#: Operations that are answered when the edge routes by them, as far as an AWS client could tell.
AWAITED = ("Rule", "Listener", "LoadBalancer", "Targets")
STARTS_WITHIN = 20.0
TAKES_WITHIN = 5.0
ROOT = Path(__file__).parents[2]
TargetKey = tuple[str, str]


class EdgeMover:
    """ELBv2 made real.

    Args:
        world: the local cloud.
    """

    name = "edge"

    def __init__(self, world: World) -> None:
        self.world = world
        self.health: dict[TargetKey, dict[str, str]] = {}
        self.draining: dict[TargetKey, float] = {}
        self.bound: dict[str, list[Any]] = {}
        self.proxy_port = 0
        self.on_stats: list[Callable[[dict[str, Any]], None]] = []
        self._document: dict[str, Any] = {"balancers": [], "groups": [], "names": {}, "gateways": []}
        self._directory = world.scratch("rehearsal-edge-")  # a unix socket's path is short
        self._wanted = self._taken = self._sent = 0
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None

    def start(self) -> None:
        """Start the edge process and route."""
        self._launch()
        threading.Thread(target=self._push, name="edge", daemon=True).start()

    def _launch(self) -> None:
        path = self._directory / "control"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
            server.listen(1)
            server.settimeout(STARTS_WITHIN)
            self._process = self._spawn(path)
            self._connection, _ = server.accept()
        stream = self._connection.makefile("rb")
        self.proxy_port = json.loads(stream.readline())["proxy"]
        self.world.store["edge.proxy"] = f"http://127.0.0.1:{self.proxy_port}"
        threading.Thread(target=self._listen, args=(stream,), name="edge-reports", daemon=True).start()

    def _spawn(self, path: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "rehearsal.edge", "--control-socket", str(path)]
        clock = self.world.clock
        command += ["--time-scale", f"{clock.scale:g}", "--origin", *map(str, clock.origin)]
        command += ["--proxy-port", str(self.proxy_port)]
        self.world.state_dir.mkdir(parents=True, exist_ok=True)
        with (self.world.state_dir / "edge.log").open("ab") as log:
            return self.world.spawn(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, cwd=ROOT)

    def changed(self, service: str, operation: str) -> None:
        """Route by the change; return when the edge does, if clients rely on that."""
        if service not in FOLLOWED:
            return
        with self._changed:
            self._wanted += 1
            mine = self._wanted
            self._changed.notify_all()
            if service.startswith("apigateway") or (service == "elbv2" and any(word in operation for word in AWAITED)):
                self._changed.wait_for(lambda: self._taken >= mine, TAKES_WITHIN)

    def _push(self) -> None:
        while not self._stopping.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._wanted > self._sent or self._stopping.is_set(), 1.0)
                if self._wanted <= self._sent and self._sent:
                    continue
                self._sent = number = max(self._wanted, 1)
            try:
                self._send(number)
            except Exception:
                LOG.exception("edge: routing by change %s", number)

    def _send(self, number: int) -> None:
        new = document(self.world)
        self._note_draining(new)
        message = json.dumps({"number": number, "table": new}).encode() + b"\n"
        if self._connection:
            self._connection.sendall(message)

    def _note_draining(self, new: dict[str, Any]) -> None:
        now = self.world.clock.now()
        left = _targets(self._document)
        there = _targets(new)
        for key in set(left) - set(there):
            self.draining[key] = now + left[key]
        self.draining = {key: until for key, until in self.draining.items() if until > now and key not in there}
        self._document = new

    def _listen(self, stream: Any) -> None:
        for line in stream:
            self._take(json.loads(line))
        if not self._stopping.is_set():
            LOG.error("edge: its process ended; another is started")
            self._launch()
            with self._changed:
                self._wanted += 1
                self._changed.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        if "taken" in message:
            if "error" in message:
                LOG.error("edge: %s", message["error"])
            with self._changed:
                self.bound, self._taken = message["bound"], max(self._taken, message["taken"])
                self._changed.notify_all()
        elif "health" in message:
            group, target, state, reason, description = message["health"]
            fields = {"State": state, "Reason": reason, "Description": description}
            self.health[group, target] = {name: text for name, text in fields.items() if text}
        else:
            for take in self.on_stats:
                take(message["stats"])

    def stop(self) -> None:
        """End the edge process."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        if self._connection:
            self._connection.shutdown(socket.SHUT_RDWR)
            self._connection.close()
        if self._process:
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)

    def status(self) -> list[dict[str, Any]]:
        """Return a row a listener."""
        return [
            {
                "name": balancer["name"],
                "listener": f"{listener['protocol']}:{listener['port']}",
                "url": f"{listener['protocol'].lower()}://{balancer['dns']}:{listener['port']}",
                "local": ":".join(map(str, self.bound.get(listener["arn"], ["-"]))),
            }
            for balancer in self._document["balancers"]
            for listener in balancer["listeners"]
        ]

    def used_groups(self) -> dict[str, str]:
        """Return the target groups that rules forward to, and the load balancer of each."""
        used: dict[str, str] = {}
        for balancer in self._document["balancers"]:
            for listener in balancer["listeners"]:
                for rule in listener["rules"]:
                    used.update(dict.fromkeys(_forwarded(rule["action"]), balancer["arn"]))
        return used


def _forwarded(action: dict[str, Any]) -> list[str]:
    config = action.get("ForwardConfig") or {}
    return [group["TargetGroupArn"] for group in config.get("TargetGroups", [])] or [
        action[name] for name in ("TargetGroupArn",) if name in action
    ]


def _targets(document_: dict[str, Any]) -> dict[TargetKey, float]:
    """Return all registered targets with their groups' deregistration delays, in virtual seconds."""
    return {
        (group["arn"], f"{target['id']}:{target['port']}"): float(
            group["attributes"].get("deregistration_delay.timeout_seconds", 300)
        )
        for group in document_["groups"]
        for target in group["targets"]
    }
