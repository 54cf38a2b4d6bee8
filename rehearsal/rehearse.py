"""Stand an environment up in the local cloud with the project's own playbooks, and send requests through it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import yaml

from rehearsal import cli
from rehearsal.load import Load, Result
from rehearsal.places import draw_pictures, where_to_look
from rehearsal.release_figures import newest_report, release_figures, write_summary

ROOT = Path(__file__).parents[1]
#: Versions of the catalogue that are released, and seconds of load before, by which a release knows the service.
GOOD, BAD, WARM_UP = "1.1.0", "1.2.0-errors", 2.0
#: Seconds of load without a release.
LOAD = 5.0
#: Minutes at each step, at most: the bad one goes back before.
BAKE = {GOOD: 10, BAD: 60}
#: Minutes more, of which a slow machine needs some until its few requests tell enough.
EXTEND = 180
_TASK = re.compile(r"^TASK \[(?P<name>.+?)\] \**$")
_HOST = re.compile(r"^(?P<what>changed|ok|fatal|failed): \[(?P<host>[^\]]+)\]")
#: The first line of a release's plan; those after it are indented.
_PLAN = re.compile(r"^\S+ \S+ -> \S+  in ")
_RECAP = re.compile(
    r"^(?P<host>\S+)\s+: ok=(?P<ok>\d+)\s+changed=(?P<changed>\d+)\s+unreachable=\d+\s+failed=(?P<failed>\d+)"
)


@dataclass
class Run:
    """One run of ansible-playbook: seconds, exit code and the recap by host."""

    title: str
    seconds: float = 0.0
    code: int = 0
    recap: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Number of tasks that changed something."""
        return sum(row["changed"] for row in self.recap.values())


class Rehearsal:
    """An environment in a running local cloud.

    Args:
        environment: the inventory's name.
        reports: where logs and the summary go.
    """

    def __init__(self, environment: str, reports: Path) -> None:
        self.environment = environment
        self.reports = reports
        self.reports.mkdir(parents=True, exist_ok=True)
        self.variables = {
            **os.environ,
            **cli.order("status")["environment"],
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        }
        self.runs: list[Run] = []
        #: Reports of releases by version.
        self.pages: dict[str, Path | None] = {}

    def playbook(self, title: str, name: str, *arguments: str, may_fail: bool = False) -> Run:
        """Run a playbook, showing what changes while it does.

        Raises:
            RehearsalError: it failed, and may not.
        """
        run, log = Run(title), self.reports / f"{len(self.runs) + 1}-{Path(name).stem}.log"
        print(f"\n{title}\n  ansible-playbook {name} -i inventories/{self.environment} {' '.join(arguments)}".rstrip())
        begun = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "ansible",
            "playbook",
            name,
            "-i",
            f"inventories/{self.environment}",
            *arguments,
        ]
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            for line in process.stdout or ():
                output.write(line)
                self.show(line.rstrip(), run)
            run.code = process.wait()
        run.seconds = time.monotonic() - begun
        self.runs.append(run)
        if run.code and not may_fail:
            raise cli.RehearsalError(f"{name} ended with {run.code}; its whole output is in {log}")
        print(f"  done in {run.seconds:.1f} s, {run.changed} tasks changed something")
        return run

    def show(self, line: str, run: Run) -> None:
        """Show a line of a playbook's output when it tells what changes, fails, or how a release goes."""
        task, host, recap = _TASK.match(line), _HOST.match(line), _RECAP.match(line)
        if task:
            self._task = task["name"].rsplit(" : ", 1)[-1].split(" | ")[-1]
        elif recap:
            run.recap[recap["host"]] = {name: int(recap[name]) for name in ("ok", "changed", "failed")}
        elif host and host["what"] != "ok":
            print(f"  {host['what']:<8} {host['host']:<16} {self._task}", flush=True)
        elif line.startswith(("[ERROR]", "kept: ", "waiting: ", "web ")) or (self._plan and line.startswith("  ")):
            print(f"  {line}", flush=True)
        self._plan = bool(_PLAN.match(line)) or (self._plan and line.startswith("  "))

    _task, _plan = "", False

    def push_images(self) -> None:
        """Push what the environment's releases name, as a build pipeline would have done."""
        path = ROOT / "inventories" / self.environment / "group_vars" / self.environment / "releases.yml"
        releases: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["releases"]
        for service, release in releases.items():
            repository = f"slipway-{self.environment}/{service}"
            image = f"{service}:{release['image_tag']}"
            cli.order("tasks.push", image=image, repository=repository, region="us-east-1")
            print(f"  pushed {image} to {repository}")

    def stand_up(self) -> None:
        """Stand the environment up: platform first, then images, then the services that waited for them."""
        self.playbook(f"1. Stand {self.environment} up", "site.yml")
        print("\n2. Push the images, as a pipeline would")
        self.push_images()
        self.playbook("3. First release of the services", "site.yml", "--limit", "services")

    def load(self, seconds: float) -> Result:
        """Send requests that write and read rows through the load balancer."""
        print(f"\n4. Requests to {self.url}, through the load balancer, for {seconds:g} s")
        with Load(self.url, self.variables, pause=0) as result:
            time.sleep(seconds)
        for text in result.failures[:5]:
            print(f"  failed: {text}")
        return result

    @property
    def url(self) -> str:
        """Where the reference service answers."""
        return f"https://web.{_zone(self.environment)}"

    def client(self, service: str) -> Any:
        """Return a boto3 client."""
        session: Any = boto3.session.Session("rehearse", "rehearse", region_name="us-east-1")
        return session.client(service, endpoint_url=self.variables["AWS_ENDPOINT_URL"])

    def release(self, title: str, image_tag: str, *, good: bool) -> Result:
        """Release a version under load.

        Raises:
            RehearsalError: a good version is not released, or a bad one is.
        """
        cli.order(
            "tasks.push", image=f"web:{image_tag}", repository=f"slipway-{self.environment}/web", region="us-east-1"
        )
        with Load(self.url, self.variables, pause=0) as result:
            time.sleep(WARM_UP)
            run = self.playbook(title, "playbooks/release.yml", *_release_of(image_tag), may_fail=not good)
        if (run.code == 0) != good:
            raise cli.RehearsalError(f"{image_tag} {'was not' if good else 'was'} released; see {self.reports}")
        print(f"  {result.requests} requests meanwhile, {len(result.failures)} failed")
        self.pages[image_tag] = newest_report(ROOT / "reports" / "releases" / self.environment)
        return result


def _release_of(image_tag: str) -> tuple[str, ...]:
    # Without declared requests the bad version is found by what users get, which is what there is to see.
    # A minute takes a second here and has few requests, so a step takes more of them.
    values = {
        "service_smoke": [],
        "release_bake_minutes": BAKE[image_tag],
        "release_extend_minutes": EXTEND,
        "release_unclear": "rollback",
    }
    return ("-e", "service=web", "-e", f"image_tag={image_tag}", "-e", json.dumps(values))


def _zone(environment: str) -> str:
    path = ROOT / "inventories" / environment / "group_vars" / environment / "main.yml"
    return str(yaml.safe_load(path.read_text(encoding="utf-8"))["dns_zone_name"])


def summary(rehearsal: Rehearsal, results: dict[str, Result], begun: float) -> dict[str, Any]:
    """Return the figures of a rehearsal; ``results`` are those of the load, by what went on meanwhile."""
    result = results["load"]
    status = cli.order("status")
    hosts = {host for run in rehearsal.runs for host in run.recap}
    return {
        "environment": rehearsal.environment,
        "components and services": len(hosts),
        "API calls": sum(status["faults"]["calls"].values()),
        "API calls that changed something": status["faults"]["writes"],
        "requests": result.requests,
        "rows written": result.written,
        "rows read back": result.read,
        "failed requests": len(result.failures),
        **{f"{name}: requests": one.requests for name, one in results.items() if name != "load"},
        **{f"{name}: failed requests": len(one.failures) for name, one in results.items() if name != "load"},
        "median response": f"{result.percentile(50) * 1000:.0f} ms",
        "95th percentile": f"{result.percentile(95) * 1000:.0f} ms",
        **{f"seconds: {run.title}": round(run.seconds, 1) for run in rehearsal.runs},
        "seconds in all": round(time.monotonic() - begun, 1),
        "URL": rehearsal.url,
    }


def _well(results: dict[str, Result]) -> bool:
    """Say whether there were requests, and none failed but by a version that is made to fail them."""
    return all(one.requests and (name == "bad release" or not one.failures) for name, one in results.items())


def _demonstrated(rehearsal: Rehearsal, results: dict[str, Result], scale: float) -> list[str]:
    """Say what the releases showed, and return what they should have shown and did not."""
    good, bad = (
        release_figures(rehearsal.pages[version], results[name], scale)
        for version, name in ((GOOD, "good release"), (BAD, "bad release"))
    )
    path = ROOT / "reports" / "demo" / "summary.json"
    wrong = write_summary(path, good, bad)
    print(f"The good release failed {good['failed requests']} of {good['requests']} requests: {good['report']}")
    print(
        f"The bad one was taken back after {bad.get('real seconds with both')} s, in which {bad['failed requests']} of"
        f" {bad['requests']} requests failed; evidence {bad.get('evidence', 0):.1f}: {bad['report']}"
    )
    print("\n".join([f"All figures: {path}", *(f"WRONG: {text}" for text in wrong)]))
    return wrong


def rehearse(
    environment: str,
    time_scale: float,
    *,
    keep: bool,
    releases: bool,
    picture: Path | None = None,
) -> int:
    """Stand an environment up, send requests, release, print the figures and take it down; return an exit code."""
    begun = time.monotonic()
    if not (ROOT / "inventories" / environment).is_dir():
        there = ", ".join(sorted(path.name for path in (ROOT / "inventories").iterdir()))
        raise cli.RehearsalError(f"there is no environment {environment!r}; there are: {there}")
    if cli.running():
        raise cli.RehearsalError("a local cloud is running already; end it first: make down")
    print(f"Starting a local cloud (time runs {time_scale:g} times as fast)")
    cli.start(time_scale, None if keep else os.getpid())
    try:
        rehearsal = Rehearsal(environment, ROOT / "reports" / "rehearsal" / environment)
        rehearsal.stand_up()
        since = float(cli.order("status")["now"])
        results = {"load": rehearsal.load(LOAD)}
        if releases:
            results["good release"] = rehearsal.release("5. Release a good version, step by step", GOOD, good=True)
            results["bad release"] = rehearsal.release(
                "6. Release a version that fails 5 % of its requests", BAD, good=False
            )
        figures = summary(rehearsal, results, begun)
        (rehearsal.reports / "summary.json").write_text(json.dumps(figures, indent=2), encoding="utf-8")
        _print_table(figures)
        wrong = _demonstrated(rehearsal, results, time_scale) if releases else []
        pictures = draw_pictures(rehearsal.client, environment, since, picture)
        print("\n".join(["\nWhere to look", *where_to_look(rehearsal.client, environment, pictures)]))
        if keep:
            print('\nIt stays up. Use it:  eval "$(.venv/bin/python -m rehearsal env)"    End it:  make down')
        return 0 if _well(results) and not wrong else 1
    finally:
        if not keep:
            cli.down()


def _print_table(figures: dict[str, Any]) -> None:
    width = max(map(len, figures))
    print("\n" + "-" * (width + 24))
    for name, value in figures.items():
        print(f"{name:<{width}}  {value}")
    print("-" * (width + 24))
