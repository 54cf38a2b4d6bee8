"""What all parts of the local cloud share."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

import boto3
from moto.backends import get_backend

from rehearsal import scratch
from rehearsal.authority import Authority
from rehearsal.clock import Clock
from rehearsal.faults import Faults
from rehearsal.recording import Recording

ACCOUNT = "123456789012"
#: Access key of calls that services of the cloud make: nobody's writes, so that faults count those of clients alone.
ITSELF = "aws-itself"
#: Path under which a task finds the credentials of its role; kept there: role by access key.
CREDENTIALS = "/task-credentials/"
#: Where sessions of roles that were assumed are kept, by access key.
SESSIONS = "sts.sessions"
#: What is kept of all accounts together: access keys are nobody else's.
OF_ALL = (CREDENTIALS, SESSIONS)
_CALLED: ContextVar[str] = ContextVar("called", default=ACCOUNT)
#: Second numbers of loopback addresses; each cloud of a machine takes one, with some 60,000 addresses, as its network.
NETWORKS = range(65, 192)
CLAIM_PORT = 9007
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class Mover(Protocol):
    """A part of the cloud that acts by itself."""

    name: str

    def start(self) -> None:
        """Begin to act."""

    def changed(self, service: str, operation: str) -> None:
        """Take note of a call that changed something, before it is answered; must be quick."""

    def stop(self) -> None:
        """End everything it started."""

    def status(self) -> list[dict[str, Any]]:
        """Return rows for ``rehearsal status``."""


class Doorkeeper(Protocol):
    """Decides about API calls before they are carried out."""

    def check(self, wire: Any) -> None:
        """Refuse a call by raising."""

    def shows(self, key: str, action: str, region: str) -> bool:
        """Say whether a caller has a right that its answer depends on, on everything."""


@dataclass
class World:
    """The one local cloud of a process.

    What moves by itself is in the account that it begins with. In those that AWS Organizations adds things are kept, as
    long as a call of a role there goes on.

    Attributes:
        state_dir: everything that it writes.
        clock: virtual time.
        endpoint: URL of the API, set once it listens.
        store: API state that moto does not keep, by ``service.thing``; guarded by ``lock``.
        gate: decides about calls; without one everything is let through.
    """

    state_dir: Path
    clock: Clock
    faults: Faults = field(default_factory=Faults)
    recording: Recording = field(default_factory=Recording)
    endpoint: str = ""
    movers: dict[str, Mover] = field(default_factory=dict)
    store: dict[str, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    gate: Doorkeeper | None = None

    def __post_init__(self) -> None:
        """Make what belongs to one cloud alone."""
        # Children die with the *thread* that started them, so one thread that lives as long as the process starts all.
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="spawner")
        self.authority = Authority(self.state_dir / "run" / "certificates")
        self._addresses: dict[str, str] = {}
        self._network, self._claim = _claimed_network()
        self._children: list[subprocess.Popen[bytes]] = []
        self._clients: dict[tuple[str, str, str], Any] = {}

    @property
    def account(self) -> str:
        """The account that is called; by itself the cloud acts in the first one."""
        return _CALLED.get()

    @property
    def accounts(self) -> set[str]:
        """All accounts: the first one, and members of its organization."""
        return {ACCOUNT, *get_backend("organizations").master_accounts}

    @contextmanager
    def called(self, key: str) -> Iterator[None]:
        """Be in the account of the role that an access key was given out for."""
        session = self.kept(SESSIONS).get(key)
        token = _CALLED.set(session.role.split(":")[4] if session else ACCOUNT)
        try:
            yield
        finally:
            _CALLED.reset(token)

    def backend(self, service: str, region: str, account: str = "") -> Any:
        """Return moto's backend of a service; global services live in region ``aws``."""
        backends = get_backend(service)[account or self.account]
        return backends[region if region in backends else "aws"]

    def kept(self, name: str) -> dict[Any, Any]:
        """Return the dictionary kept under a name for the account, made when it is first asked for."""
        if name not in OF_ALL and self.account != ACCOUNT:
            name = f"{self.account}/{name}"
        with self.lock:
            found: dict[Any, Any] = self.store.setdefault(name, {})
            return found

    def address(self, key: str) -> str:
        """Return the loopback address that belongs to ``key`` alone, as long as this cloud lives."""
        with self.lock:
            if key not in self._addresses:
                number = len(self._addresses) + 1
                self._addresses[key] = f"127.{self._network}.{1 + number // 250}.{1 + number % 250}"
            return self._addresses[key]

    def scratch(self, prefix: str) -> Path:
        """Make a directory of a short path, for sockets, that is removed with this cloud."""
        return scratch.make(self.state_dir, prefix)

    def spawn(  # noqa: PLR0913  as subprocess.Popen
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        stdout: int | IO[bytes] = subprocess.DEVNULL,
        stderr: int | IO[bytes] = subprocess.STDOUT,
        cwd: str | Path | None = None,
        user: str | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own that dies with this one, however this one dies."""
        child = self._spawner.submit(
            subprocess.Popen[bytes],
            argv,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            cwd=cwd,
            user=user,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        ).result()
        with self.lock:
            self._children = [other for other in self._children if other.poll() is None] + [child]
        return child

    def end_children(self) -> None:
        """Kill every process group that is left."""
        for child in self._children:
            if child.poll() is None:
                end_group(child, signal.SIGKILL)
                child.wait()

    def boto(self, service: str, region: str, *, key: str = "rehearsal") -> Any:
        """Return a boto3 client of our own API, made once; with the key ``ITSELF`` for what AWS does by itself."""
        asked = (service, region, key)
        with self.lock:
            if asked not in self._clients:
                session: Any = boto3.session.Session(key, "rehearsal", region_name=region)
                self._clients[asked] = session.client(service, endpoint_url=self.endpoint)
            return self._clients[asked]


def _claimed_network() -> tuple[int, socket.socket]:
    """Return the second number of loopback addresses that no other cloud of this machine uses, and what claims it.

    Raises:
        OSError: there are as many clouds as networks.
    """
    for number in NETWORKS:
        claim = socket.socket()
        try:
            claim.bind((f"127.{number}.255.254", CLAIM_PORT))
            claim.listen()
        except OSError:
            claim.close()
        else:
            return number, claim
    raise OSError(f"{len(NETWORKS)} local clouds run on this machine; end one of them: python -m rehearsal down")


def end_group(child: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to a process and all it started."""
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return


def _die_with_parent() -> None:
    # Between fork and exec; safe beside other threads, since it calls nothing of Python's that takes a lock.
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
