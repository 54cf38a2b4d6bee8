"""An environment as its users handle it: playbooks, AWS's API, HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml

from rehearsal import cli

ROOT = Path(__file__).parents[2]
#: Seconds in which a run that has ended makes its last calls, on a busy machine.
PATIENCE = 120
#: What lets teardown remove a database and load balancers, for ``-e``.
UNPROTECTED = json.dumps({"database_deletion_protection": False, "load_balancer_deletion_protection": False})
#: What AWS shows for a while after its end, lets go only after days, or keeps as a last copy.
KEPT = frozenset({"kms:key", "rds:snapshot", "secretsmanager:secret", "ec2:natgateway", "ecs:cluster"})
_RECAP = re.compile(
    r"^(?P<host>\S+)\s+: ok=\d+\s+changed=(?P<changed>\d+)\s+unreachable=\d+\s+failed=\d+", re.MULTILINE
)
_CHANGED = re.compile(r"^\+\+\+ after: (?P<name>\S+) \((?P<action>\w+)\)$", re.MULTILINE)


_BEGUN: list[subprocess.Popen[str]] = []


def end_begun() -> None:
    """End what a failed test left running; it would hold its leases for as long as nobody reads its output."""
    while _BEGUN:
        run = _BEGUN.pop()
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()


@dataclass
class Outcome:
    """What a playbook said."""

    code: int
    output: str

    @property
    def said(self) -> str:
        """The output in one line; Ansible breaks long ones, and doubles apostrophes where it quotes."""
        return " ".join(self.output.split()).replace("''", "'")

    @property
    def changed(self) -> dict[str, int]:
        """Number of changed tasks by host, of hosts that have any."""
        rows = {match["host"]: int(match["changed"]) for match in _RECAP.finditer(self.output)}
        return {host: number for host, number in rows.items() if number}

    @property
    def resources(self) -> dict[str, str]:
        """What happened, or would happen, to each resource named in a diff."""
        return {match["name"]: match["action"] for match in _CHANGED.finditer(self.output)}


def quiet() -> int:
    """Wait until ended runs have given their leases back; return how many calls there were."""
    before, deadline = -1, time.monotonic() + PATIENCE
    while before != (now := calls()):
        assert time.monotonic() < deadline, f"there are still calls after {PATIENCE} s: a run goes on"
        before = now
        time.sleep(2)
    return before


def calls() -> int:
    """Return how many API calls there were."""
    return sum(cli.order("status")["faults"]["calls"].values())


def writes() -> int:
    """Return how many API calls there were that change something."""
    return int(cli.order("status")["faults"]["writes"])


class Environment:
    """One environment in the local cloud.

    Args:
        name: of the inventory.
        variables: the process environment.
        logs: directory for the output of playbooks.
        root: the project.
    """

    def __init__(self, name: str, variables: dict[str, str], logs: Path, root: Path = ROOT) -> None:
        self.name = name
        self.variables = {**variables, "ANSIBLE_FORCE_COLOR": "0", "AWS_REGION": "us-east-1"}
        self.logs = logs
        self.root = root
        self.inventory_path = f"inventories/{name}"
        self._clients: dict[str, Any] = {}

    @property
    def data(self) -> dict[str, Any]:
        """The environment's own variables."""
        path = ROOT / "inventories" / self.name / "group_vars" / self.name / "main.yml"
        found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return found

    @property
    def url(self) -> str:
        """Where the reference service answers."""
        return f"https://web.{self.data['dns_zone_name']}"

    def command(self, playbook: str, *arguments: str) -> list[str]:
        """Return the command line of a run."""
        program = [sys.executable, "-m", "ansible", "playbook", playbook]
        return [*program, "-i", self.inventory_path, *arguments]

    def playbook(self, playbook: str, *arguments: str, expect: int | None = 0) -> Outcome:
        """Run a playbook; fail the test when it ends with another exit code than expected."""
        done = subprocess.run(
            self.command(playbook, *arguments),
            cwd=self.root,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        log = self.logs / f"{self.name}-{len(list(self.logs.iterdir())):03d}-{Path(playbook).stem}.log"
        log.write_text(done.stdout, encoding="utf-8")
        if expect is not None:
            assert done.returncode == expect, f"{playbook} {arguments}: {done.returncode}\n{done.stdout[-6000:]}"
        assert "and shows other values" not in done.stdout, f"{playbook} {arguments}: a value was not kept, see {log}"
        return Outcome(done.returncode, done.stdout)

    def begin(self, playbook: str, *arguments: str, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        """Begin a run beside the test, in a process group of its own, so that a kill of that is not ours.

        Args:
            playbook: and ``arguments``, as for :meth:`playbook`.
            stdout: ``PIPE`` for who reads all of it.
        """
        run = subprocess.Popen(
            self.command(playbook, *arguments),
            cwd=self.root,
            env=self.variables,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        _BEGUN.append(run)
        return run

    def stand_up(self) -> None:
        """Bring the environment to where its services serve, with the output in which a secret would show."""
        self.playbook("site.yml", "-vvv")
        self.push_images()
        self.playbook("site.yml", "-vvv", "--limit", "services")

    def stands_like(self, undisturbed: dict[str, int]) -> None:
        """Stand up; nothing is missing or there twice, by the resources of each type, and nothing is left to do."""
        self.stand_up()
        assert self.inventory() == undisturbed
        assert self.playbook("site.yml").changed == {}

    def push_images(self) -> None:
        """Push what the environment's releases name."""
        path = ROOT / "inventories" / self.name / "group_vars" / self.name / "releases.yml"
        for service, release in yaml.safe_load(path.read_text(encoding="utf-8"))["releases"].items():
            image, repository = f"{service}:{release['image_tag']}", f"slipway-{self.name}/{service}"
            cli.order("tasks.push", image=image, repository=repository, region="us-east-1")

    def get(self, path: str) -> int:
        """Return the status of a request through the load balancer."""
        return self.send("GET", path)[0]

    def body(self, path: str) -> Any:
        """Return what a request through the load balancer is answered with, as JSON data."""
        return json.loads(self._answer("GET", path)[2])

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str]]:
        """Return status and headers, by names in lower case, of a request through the load balancer."""
        return self._answer(method, path, body, **headers)[:2]

    def _answer(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        trusted = ssl.create_default_context(cafile=self.variables["SSL_CERT_FILE"])
        proxy = urllib.request.ProxyHandler({"https": self.variables["HTTPS_PROXY"]})
        opener = urllib.request.build_opener(proxy, urllib.request.HTTPSHandler(context=trusted))
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, names, method=method)  # noqa: S310  our own URL
        try:
            with opener.open(request, timeout=10) as answer:
                told = {name.lower(): value for name, value in answer.headers.items()}
                return int(answer.status), told, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()

    def client(self, service: str) -> Any:
        """Return a boto3 client that knows nothing of the playbooks, made once."""
        if service not in self._clients:
            session: Any = boto3.session.Session("test", "test", region_name="us-east-1")
            self._clients[service] = session.client(service, endpoint_url=self.variables["AWS_ENDPOINT_URL"])
        return self._clients[service]

    def inventory(self) -> dict[str, int]:
        """Return how many tagged resources of each type the environment has."""
        pages = self.client("resourcegroupstaggingapi").get_paginator("get_resources")
        found: dict[str, int] = {}
        for page in pages.paginate(TagFilters=[{"Key": "environment", "Values": [self.name]}]):
            for resource in page["ResourceTagMappingList"]:
                kind = ":".join(resource["ResourceARN"].split(":")[2:6:3]).split("/")[0]
                found[kind] = found.get(kind, 0) + 1
        return found
