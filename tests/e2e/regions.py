"""Two environments in two regions that share their users: inventories made of data alone, and who writes in which."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml

from rehearsal import cli
from tests.e2e.environment import ROOT, Environment

DOMAIN = "pair.example.com"
HOST = f"web.{DOMAIN}"
REGIONS = {"east": "us-east-1", "west": "us-west-2"}
#: What a pilot light does not have: data, and what needs it.
ASLEEP = ("database", "database_access", "alarms", "dashboards", "backup", "web")
SHARED: dict[str, Any] = {
    "environments": ["east", "west"],
    "dns_zone_name": DOMAIN,
    "write_lease_region": "us-east-2",
    "write_lease_table": "slipway-pair-writers",
    "write_lease_seconds": 5,
    "write_lease_deletion_protection": False,
    # A real second of a busy machine is a minute here.
    "failover_rto_minutes": 600,
    # What people depend on does not sleep.
    "working_hours": {},
}
OWN: dict[str, dict[str, Any]] = {
    "east": {"network_cidr": "10.50.0.0/16", "failover_from": "west"},
    "west": {"network_cidr": "10.60.0.0/16", "failover_from": "east", "aws_region": REGIONS["west"], "standby": True},
}
#: The firewall lets nobody in who does not say what they are.
HEADERS = {"Host": HOST, "User-Agent": "writer/1.0"}
CREATED, OK = 201, 200


class Regional(Environment):
    """An environment in a region of its own, whose inventory differs from dev's by data alone.

    Args:
        name: of a region in REGIONS.
        variables: the process environment.
        logs: directory for the output of playbooks.
        place: directory for inventories.
    """

    def __init__(self, name: str, variables: dict[str, str], logs: Path, place: Path) -> None:
        super().__init__(name, variables, logs)
        self.region = REGIONS[name]
        self.place = place / name
        self.inventory_path = str(self.place)
        self._address = ""

    @property
    def data(self) -> dict[str, Any]:
        """The environment's own variables."""
        found: dict[str, Any] = yaml.safe_load((self._own / "main.yml").read_text(encoding="utf-8"))
        return found

    @property
    def _own(self) -> Path:
        return self.place / "group_vars" / self.name

    def write(self, **more: Any) -> None:
        """Write the inventory: dev's hosts, and values that win over dev's."""
        dev = ROOT / "inventories" / "dev"
        self._own.mkdir(parents=True)
        for path in sorted((dev / "group_vars" / "dev").glob("*.yml")):
            values = yaml.safe_load(path.read_text(encoding="utf-8"))
            if path.stem == "main":
                values |= {"env_name": self.name, **SHARED, **self._copies(), **OWN[self.name], **more}
            (self._own / path.name).write_text(yaml.safe_dump(values), encoding="utf-8")
        (self.place / "hosts.yml").write_text(yaml.safe_dump(self._hosts(dev)), encoding="utf-8")
        (self.place / "group_vars" / "all").symlink_to(ROOT / "group_vars" / "all")
        (self.place / "host_vars").symlink_to(dev / "host_vars")

    def _copies(self) -> dict[str, str]:
        other = OWN[self.name]["failover_from"]
        return {
            "failover_from_region": REGIONS[other],
            "database_backup_copy_region": REGIONS[other],
            "database_backup_copy_key": f"alias/slipway-{other}-data",
        }

    def _hosts(self, dev: Path) -> dict[str, Any]:
        groups = yaml.safe_load((dev / "hosts.yml").read_text(encoding="utf-8"))["all"]["children"]["dev"]
        if self.name == "east":
            groups["children"]["platform"]["children"]["foundation"]["hosts"]["write_lease"] = None
        return {"all": {"children": {self.name: groups, "asleep": {"hosts": dict.fromkeys(ASLEEP)}}}}

    def push_images(self) -> None:
        """Push the version that the environment's releases name."""
        cli.order("tasks.push", image="web:1.0.0", repository=f"slipway-{self.name}/web", region=self.region)

    def client(self, service: str) -> Any:
        """Return a boto3 client of the region that knows nothing of the playbooks."""
        session: Any = boto3.session.Session("test", "test", region_name=self.region)
        return session.client(service, endpoint_url=self.variables["AWS_ENDPOINT_URL"])

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Return status and answer of this environment's own load balancer, wherever DNS leads."""
        if not self._address:
            rows = [one for one in cli.order("status")["edge"] if one["name"] == f"slipway-{self.name}"]
            self._address = next(str(one["local"]) for one in rows if one["listener"] == "HTTPS:443")
        address, _, port = self._address.rpartition(":")
        connection = _Pinned(address, int(port), self.variables["SSL_CERT_FILE"])
        connection.request(method, path, json.dumps(body) if body else None, HEADERS)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


class _Pinned(http.client.HTTPSConnection):
    """A connection to an address that speaks to it as to HOST."""

    def __init__(self, address: str, port: int, trusted: str) -> None:
        self.trust = ssl.create_default_context(cafile=trusted)
        super().__init__(address, port, timeout=10)

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), timeout=10)
        self.sock = self.trust.wrap_socket(plain, server_hostname=HOST)


@dataclass(frozen=True)
class Note:
    """A note that was acknowledged.

    Attributes:
        sent: seconds of the monotonic clock; answered likewise.
    """

    number: int
    text: str
    sent: float
    answered: float


class Writer(threading.Thread):
    """Somebody who writes to one environment alone, whatever DNS says, as long as the block lasts.

    Args:
        environment: whose load balancer is written to.
    """

    def __init__(self, environment: Regional) -> None:
        super().__init__(daemon=True)
        self.environment = environment
        self.notes: list[Note] = []
        self._ended = threading.Event()

    def run(self) -> None:
        """Write until told to stop; what is refused or not answered was not written, as far as anybody knows."""
        number = 0
        while not self._ended.wait(0.1):
            number += 1
            text, sent = f"{self.environment.name} {number}", time.monotonic()
            try:
                status, answer = self.environment.ask("POST", "/notes", {"text": text})
            except (OSError, ValueError, StopIteration, http.client.HTTPException):
                continue
            if status == CREATED:
                self.notes.append(Note(answer["id"], text, sent, time.monotonic()))

    def __enter__(self) -> list[Note]:
        """Begin."""
        self.start()
        return self.notes

    def __exit__(self, *_: object) -> None:
        """End with the note that is being written."""
        self._ended.set()
        self.join()


def lost(notes: list[Note], environment: Regional) -> list[Note]:
    """Return the notes that an environment does not have."""
    return [one for one in notes if not _has(environment, one)]


def _has(environment: Regional, note: Note) -> bool:
    status, answer = environment.ask("GET", f"/notes/{note.number}")
    return status == OK and answer["text"] == note.text


def moment(virtual: float) -> float:
    """Return a moment of the cloud's time as seconds of the monotonic clock."""
    status = cli.order("status")
    return time.monotonic() - (float(status["now"]) - virtual) / float(status["time_scale"])
