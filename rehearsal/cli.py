"""The command line of the local cloud: up, down, status, needed, env, run, fault, push."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rehearsal import scratch

STARTS_WITHIN = 60.0
ENDS_WITHIN = 20.0


class RehearsalError(Exception):
    """What the user has to be told."""


def state_dir() -> Path:
    """Return where the local cloud of this checkout keeps its state."""
    return Path(os.environ.get("SLIPWAY_REHEARSAL_DIR") or Path(__file__).parents[1] / ".rehearsal").resolve()


def running() -> dict[str, Any] | None:
    """Return pid, control socket and endpoint of the running cloud."""
    path = state_dir() / "run" / "ready.json"
    try:
        ready: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
        command = Path(f"/proc/{ready['pid']}/cmdline").read_bytes()  # empty for one that was killed and not yet reaped
    except (OSError, ValueError):
        return None
    return ready if b"rehearsal.supervisor" in command else None


def order(name: str, **more: Any) -> Any:
    """Have the running cloud carry out an order and return its answer.

    Raises:
        RehearsalError: none is running, or it refused.
    """
    ready = running()
    if ready is None:
        raise RehearsalError("no local cloud is running here; start one with: python -m rehearsal up")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(ready["socket"])
        with connection.makefile("rwb") as stream:
            stream.write(json.dumps({"order": name, **more}).encode() + b"\n")
            stream.flush()
            answer = json.loads(stream.readline())
    if "error" in answer:
        raise RehearsalError(answer["error"])
    return answer["ok"]


def up(options: argparse.Namespace) -> None:
    """Start the cloud in the background and return when it can be used."""
    ready = running()
    if ready is not None:
        raise RehearsalError(f"a local cloud is running already (process {ready['pid']}, {ready['endpoint']})")
    more = [f"--policy={path.resolve()}" for path in options.policy or ()] + (["--record"] if options.record else [])
    start(options.time_scale, options.owner, options.port, open_databases=options.open_databases, more=more)
    print(f"local cloud at {order('status')['endpoint']}, time runs {options.time_scale:g} times as fast")
    print('use it:    eval "$(python -m rehearsal env)"')
    print("end it:    python -m rehearsal down")


def start(
    time_scale: float, owner: int | None, port: int = 0, *, open_databases: bool = False, more: Sequence[str] = ()
) -> None:
    """Start the supervisor and wait until it is ready.

    Args:
        time_scale: virtual seconds in a real one.
        owner: process whose end is the cloud's end.
        port: of the API, 0 for a free one.
        open_databases: let processes of this machine connect to databases as if they were inside of the VPC.
        more: options of the supervisor.

    Raises:
        RehearsalError: it ended or did not get ready in time; the message has the end of its log.
    """
    directory = state_dir()
    directory.mkdir(parents=True, exist_ok=True)
    log_path = directory / "cloud.log"
    command = [sys.executable, "-m", "rehearsal.supervisor", "--state-dir", str(directory)]
    command += ["--time-scale", str(time_scale), "--port", str(port)]
    command += ["--owner", str(owner)] if owner else []
    command += [*(["--open-databases"] if open_databases else []), *more]
    (directory / "run" / "ready.json").unlink(missing_ok=True)
    with log_path.open("wb") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=Path(__file__).parents[1],
            env=_own_environment(),
        )
    deadline = time.monotonic() + STARTS_WITHIN
    while running() is None:
        if child.poll() is not None or time.monotonic() > deadline:
            child.kill()
            raise RehearsalError(f"the local cloud did not start; end of {log_path}:\n{_tail(log_path)}")
        time.sleep(0.05)


def _own_environment() -> dict[str, str]:
    """Return the environment without what would send the cloud's own calls elsewhere or make imports slow."""
    drop = {"AWS_ENDPOINT_URL", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "PYTHONDONTWRITEBYTECODE"}
    drop |= {"AWS_PROFILE", "AWS_CA_BUNDLE"}
    return {name: value for name, value in os.environ.items() if name not in drop}


def _tail(path: Path, lines: int = 30) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def down(_options: argparse.Namespace | None = None) -> None:
    """End the cloud and wait until it is gone."""
    ready = running()
    if ready is None:
        scratch.remove_leftovers(state_dir())
        print("no local cloud is running here")
        return
    os.kill(ready["pid"], signal.SIGTERM)
    deadline = time.monotonic() + ENDS_WITHIN
    while running() is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    if running() is not None:
        os.kill(ready["pid"], signal.SIGKILL)  # its children die with it
    scratch.remove_leftovers(state_dir())
    print("local cloud ended")


def status(options: argparse.Namespace) -> None:
    """Show what runs."""
    answer = order("status")
    if options.json:
        print(json.dumps(answer, indent=2, default=str))
        return
    print(f"endpoint    {answer['endpoint']}   (process {answer['pid']}, time x {answer['time_scale']:g})")
    faults = answer["faults"]
    print(f"API calls   {sum(faults['calls'].values())}, of which {faults['writes']} changed something")
    for name, rows in answer.items():
        if isinstance(rows, list):
            print(f"{name}:")
            for row in rows:
                print("   ", "  ".join(f"{key}={value}" for key, value in row.items()))


def needed(_options: argparse.Namespace) -> None:
    """Print what calls needed to be allowed so far, as JSON; for a cloud that records."""
    print(json.dumps(order("gate.needed"), indent=2))


def env(_options: argparse.Namespace) -> None:
    """Print what to evaluate in a shell."""
    for name, value in order("status")["environment"].items():
        print(f"export {name}={shlex.quote(value)}")


@contextlib.contextmanager
def running_cloud(
    time_scale: float, *, open_databases: bool = False, more: Sequence[str] = ()
) -> Iterator[dict[str, str]]:
    """Run a cloud that ends with this block, or with this process; gives the environment variables of its clients."""
    if running() is not None:
        raise RehearsalError("a local cloud is running already; end it first: python -m rehearsal down")
    start(time_scale, os.getpid(), open_databases=open_databases, more=more)
    try:
        yield {**os.environ, **order("status")["environment"]}
    finally:
        down()


def run(options: argparse.Namespace) -> int:
    """Run a command inside a fresh cloud; return its exit code."""
    with running_cloud(options.time_scale, open_databases=options.open_databases) as environment:
        return subprocess.run(options.command, env=environment, check=False).returncode


#: Faults of one thing, and who carries them out.
OF_ONE = {
    "stop-task": "tasks.stop_task",
    "database-down": "databases.down",
    "database-up": "databases.up",
}
#: What each fault does, for its help.
EFFECTS = {
    "throttle": "calls of --service and --operation, --rate of them, are refused with ThrottlingException",
    "error": "they are refused with --code and HTTP status 500; with --caller those of tasks with this role alone",
    "latency": "they take --milliseconds longer",
    "lost-answer": "they are carried out, and the connection ends without an answer; writes only",
    "cut-answer": "they are carried out, and the connection ends in the middle of the answer",
    "web-page": "they are carried out, and answered with 502 and the web page of a proxy",
    "stale-reads": "for --seconds after a write to a service its reads may answer what they answered before",
    "kill-after-write": "after --writes calls that change something, the process --pid is killed",
    "stop-task": "the processes of the task TARGET are killed, as a failing host would",
    "database-down": "the server of the database TARGET crashes and stays down",
    "database-up": "the server of the database TARGET starts again and recovers from its log",
    "list": "show orders and counts so far",
    "clear": "end all orders and count anew",
}


def fault(options: argparse.Namespace) -> None:
    """Order a fault, list or clear them."""
    if options.kind == "clear":
        order("clear")
    elif options.kind == "list":
        print(json.dumps(order("status")["faults"], indent=2))
    elif options.kind in OF_ONE:
        if not options.target:
            raise RehearsalError(f"fault {options.kind} needs the id of what it is to hit; `status` lists them")
        order(OF_ONE[options.kind], target=options.target)
    else:
        names = (
            "kind",
            "service",
            "operation",
            "rate",
            "code",
            "milliseconds",
            "writes",
            "pid",
            "before_answer",
            "group",
            "seconds",
            "seed",
            "caller",
        )
        order("fault", **{name: getattr(options, name) for name in names})


def push(options: argparse.Namespace) -> None:
    """Push an image of the catalogue to a repository of the local ECR, as ``docker push`` would."""
    digest = order("tasks.push", image=options.image, repository=options.repository, region=options.region)
    print(f"pushed {options.image} to {options.repository}: {digest}")


def rehearse(options: argparse.Namespace) -> int:
    """Stand an environment up in a fresh local cloud and send requests through it."""
    from rehearsal.rehearse import rehearse as stand_up_and_load  # noqa: PLC0415  it imports this module

    return stand_up_and_load(
        options.environment,
        options.time_scale,
        keep=options.keep,
        releases=options.releases,
        picture=options.picture.resolve() if options.picture else None,
    )


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    commands = top.add_subparsers(required=True)

    def command(name: str, function: Callable[[argparse.Namespace], Any]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=(function.__doc__ or "").split("\n")[0])
        added.set_defaults(function=function)
        return added

    starting = command("up", up)
    starting.add_argument("--time-scale", type=float, default=1.0, help="virtual seconds in a real one")
    starting.add_argument("--owner", type=int, help="process whose end is the cloud's end")
    starting.add_argument("--open-databases", action="store_true", help="let this machine connect to databases")
    starting.add_argument("--port", type=int, default=0, help="port of the API (default: a free one)")
    starting.add_argument("--policy", type=Path, action="append", help="let this identity policy decide about calls")
    starting.add_argument("--record", action="store_true", help="keep what calls need to be allowed, for `needed`")
    command("down", down)
    command("needed", needed)
    command("status", status).add_argument("--json", action="store_true")
    command("env", env)
    inside = command("run", run)
    inside.add_argument("--time-scale", type=float, default=1.0)
    inside.add_argument("--open-databases", action="store_true", help="let this machine connect to databases")
    inside.add_argument("command", nargs=argparse.REMAINDER)
    _fault_arguments(command("fault", fault))
    standing = command("rehearse", rehearse)
    standing.add_argument("--environment", default="dev")
    standing.add_argument("--time-scale", type=float, default=60.0)
    standing.add_argument("--keep", action="store_true", help="leave it up")
    standing.add_argument("--releases", action="store_true", help="release a good version and a bad one")
    standing.add_argument("--picture", type=Path, help="SVG to write beside, of what the releases did")
    pushing = command("push", push)
    pushing.add_argument("image", help="name:tag of rehearsal/images.yml, e.g. web:1.0.0")
    pushing.add_argument("repository", help="repository name in ECR")
    pushing.add_argument("--region", default=os.environ.get("AWS_REGION", "us-east-1"))
    return top


def _fault_arguments(ordering: argparse.ArgumentParser) -> None:
    ordering.formatter_class = argparse.RawDescriptionHelpFormatter
    ordering.epilog = "kinds:\n" + "\n".join(f"  {kind:<18}{effect}" for kind, effect in EFFECTS.items())
    ordering.add_argument("kind", choices=EFFECTS, metavar="KIND", help="one of those below")
    ordering.add_argument("target", nargs="?", metavar="TARGET", help="id of a task or of a database instance")
    ordering.add_argument("--service", default="*", help="boto3's name of a service (default: all)")
    ordering.add_argument("--operation", default="*", help="an API operation (default: all)")
    ordering.add_argument("--rate", type=float, default=1.0, help="share of the calls, 0 to 1")
    ordering.add_argument("--code", default="InternalFailure", help="AWS error code")
    ordering.add_argument("--milliseconds", type=int, default=0, help="that a call takes longer")
    ordering.add_argument(
        "--seconds", type=float, default=0.0, help="in which a write may not show, of the cloud's time"
    )
    ordering.add_argument("--seed", type=int, default=0, help="of chance, for the same again")
    ordering.add_argument("--caller", default="", help="role whose tasks' calls it hits (default: everybody's)")
    ordering.add_argument("--writes", type=int, default=0, help="changing calls until the kill")
    ordering.add_argument("--pid", type=int, default=0, help="whom to kill")
    ordering.add_argument("--before-answer", action="store_true", help="kill when the call was executed, unanswered")
    ordering.add_argument("--group", action="store_true", help="kill the whole process group")


def main() -> None:
    """Run one command."""
    options = parser().parse_args()
    if getattr(options, "command", None) and options.command[0] == "--":
        options.command = options.command[1:]
    try:
        sys.exit(options.function(options) or 0)
    except RehearsalError as error:
        sys.exit(f"rehearsal: {error}")
