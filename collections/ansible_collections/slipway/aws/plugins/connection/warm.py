"""Runs modules on the controller as ``ansible.builtin.local`` does, from one Python that stays warm."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import local
from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.warm import client
from ansible_collections.slipway.aws.plugins.plugin_utils.warm.command import module_run
from ansible_collections.slipway.aws.plugins.plugin_utils.warm.orphan import end_with_controller

DOCUMENTATION = """
name: warm
short_description: Execute on the controller, with modules forked from one warm Python
description:
  - The same as P(ansible.builtin.local#connection), except that not each Python module is run by a new Python. The
    first one starts a server for this run of C(ansible-playbook), which has boto3 and the C(module_utils) of earlier
    modules imported, and forks for each module run. A module of C(amazon.aws) takes about a quarter of the time.
  - A fork gets the environment, the directory, the mask and the streams of its task, and only such C(module_utils) as
    are byte for byte those which the module brings along. Nothing that a module does reaches the next one.
  - The server ends with C(ansible-playbook), also when that is killed, and ends the modules that still run.
  - All that is not such a module run goes the way of P(ansible.builtin.local#connection). That is file transfers, plain
    commands, C(async), C(become), another interpreter than that of C(ansible-playbook), and a task that sets what
    Python reads when it starts, such as C(PYTHONPATH) or C(HOME).
  - Where the server cannot start, all goes that way, after one warning. It needs Linux and boto3.
author: Slipway
version_added: 0.1.0
options:
  become_success_timeout:
    description: Seconds to wait for become to succeed; below 1 stands for the default.
    type: int
    default: 10
    vars:
      - name: ansible_local_become_success_timeout
  become_strip_preamble:
    description: Strip what become prints before the command runs.
    type: bool
    default: true
    vars:
      - name: ansible_local_become_strip_preamble
  pipelining:
    description: Give a module to Python through standard input instead of by a file; five shells fewer a module run.
    type: bool
    default: true
    env:
      - name: ANSIBLE_PIPELINING
    ini:
      - section: defaults
        key: pipelining
      - section: connection
        key: pipelining
    vars:
      - name: ansible_pipelining
notes:
  - The remote user is ignored, the user with which the ansible CLI was executed is used instead.
"""

display = Display()


class Connection(local.Connection):  # type: ignore[misc]  # Ansible ships no types
    """The local connection, with a warm Python for modules; ``transport`` stays ``local``, as the core asks for it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        end_with_controller()

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:  # noqa: FBT001, FBT002  the signature of every connection
        """Run a command; return exit code, output and errors."""
        return self._run_warm(cmd, in_data) or super().exec_command(cmd, in_data=in_data, sudoable=sudoable)

    def _run_warm(self, cmd: str, in_data: bytes | None) -> client.Outcome | None:
        """Run ``cmd`` where it is a module run and there is a server for it."""
        executable = str(constants.DEFAULT_EXECUTABLE).split()[0]
        shell, directory = str(self._play_context.executable), os.fsdecode(self.cwd or Path.cwd())
        module = None if self.become else module_run(cmd, in_data, shell, sys.executable)
        if module is None or not Path(executable).exists() or not Path(directory).is_dir():
            return None
        self._connect()
        display.vvv(f"WARM {cmd}", host=self._play_context.remote_addr)
        try:
            return client.run(module, shell, executable, directory)
        except client.CannotStartError as error:
            display.warning(f"slipway.aws.warm runs modules as local does, since its server cannot start: {error}")
            return None
        except client.ServerLostError as error:
            raise AnsibleConnectionFailure(str(error)) from error
