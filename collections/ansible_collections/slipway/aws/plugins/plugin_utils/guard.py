"""May this process still write? Asked before every write.

Ansible's workers are sessions of their own and go on as orphans when ``ansible-playbook`` is killed, while the next run
has begun. So a worker watches its controller, and the leases that its run holds, and stops before its next write.
"""

from __future__ import annotations

import json
import os
import select
import time

from .resource import ConvergeError
from .run_dir import run_dir


class Guard:
    """Watches the process that started this one: the controller, when made in one of Ansible's workers."""

    def __init__(self) -> None:
        self._controller = os.getppid()
        self._watch = os.pidfd_open(self._controller) if hasattr(os, "pidfd_open") else None
        self._word = run_dir(self._controller) / "lease.json"

    def check(self) -> None:
        """Return when this run may write.

        Raises:
            ConvergeError: the controller is gone, or a lease of the run was lost or ran out.
        """
        if self._controller_is_gone():
            raise ConvergeError("the ansible-playbook that started this is gone; stopped before writing")
        if self._word.exists():  # a run without leases, such as a role's test, has only its controller to watch
            self._check_leases(json.loads(self._word.read_text(encoding="ascii")))

    def _check_leases(self, word: dict[str, object]) -> None:
        if word["lost"]:
            raise ConvergeError(f"another run has taken over {word['lost']}; stopped before writing")
        if time.monotonic() > float(str(word["until"])):
            raise ConvergeError("this run's leases could not be renewed and have ended; stopped before writing")

    def _controller_is_gone(self) -> bool:
        if self._watch is None:
            return os.getppid() != self._controller
        return bool(select.select([self._watch], [], [], 0)[0]) or os.getppid() != self._controller
