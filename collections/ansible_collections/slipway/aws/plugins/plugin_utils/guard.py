"""May this process still write? Asked before every write.

Ansible's workers are sessions of their own and go on as orphans when ``ansible-playbook`` is killed, while the next run
has begun. So a worker watches its controller and stops before its next write.
"""

from __future__ import annotations

import os
import select

from .resource import ConvergeError


class Guard:
    """Watches the process that started this one: the controller, when made in one of Ansible's workers."""

    def __init__(self) -> None:
        self._controller = os.getppid()
        self._watch = os.pidfd_open(self._controller) if hasattr(os, "pidfd_open") else None

    def check(self) -> None:
        """Return when this run may write.

        Raises:
            ConvergeError: the controller is gone.
        """
        if self._controller_is_gone():
            raise ConvergeError("the ansible-playbook that started this is gone; stopped before writing")

    def _controller_is_gone(self) -> bool:
        if self._watch is None:
            return os.getppid() != self._controller
        return bool(select.select([self._watch], [], [], 0)[0]) or os.getppid() != self._controller
