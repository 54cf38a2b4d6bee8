"""What every action plugin of the collection does alike: checks its options, and tells errors in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from botocore.exceptions import BotoCoreError, ClientError

from .assumed import Role
from .canary.numbers import CanaryError
from .cloud import Cloud, explain
from .host_values import fleet_values, host_values
from .misread import MISREAD
from .resource import ConvergeError, plain
from .template_once import template_once


class ToldError(AnsibleActionFail):  # type: ignore[misc]  # Ansible ships no types
    """A failure in words that say what caused it, so that the cause's own are not told after them."""

    _include_cause_message = False


class Acting(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """Base of action plugins: they declare ``arguments`` and ``act``."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    #: The argument spec and what options exclude or need each other, both in Ansible's own form.
    arguments: ClassVar[dict[str, Any]]
    choices: ClassVar[dict[str, Any]] = {}

    @classmethod
    @contextmanager
    def get_finalize_task_args_context(cls) -> Iterator[dict[str, Any]]:
        """Give what :meth:`finalize_task_arg` keeps from one argument of a task to the next."""
        yield {}

    @classmethod
    def finalize_task_arg(cls, name: str, value: Any, templar: Any, context: dict[str, Any]) -> Any:
        """Return an argument of a task, templated; arguments share what they refer to."""
        if "engine" not in context:
            context["engine"] = template_once(templar, templar.available_variables)
        return super().finalize_task_arg(name, value, context["engine"], context)

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Act with options that were checked.

        Returns:
            the task's result.

        Raises:
            AnsibleActionFail: for what was declared wrongly, what AWS refused, and what did not get through to it.
        """
        super().run(tmp, task_vars)
        self.task_vars = task_vars or {}
        _, options = self.validate_argument_spec(argument_spec=self.arguments, **self.choices)
        if "region" in self.arguments and not options["region"]:
            options["region"] = self._templar.template(self.task_vars.get("aws_region"))
        given = plain(options)
        Cloud.role, Cloud.warn = self._role(), staticmethod(Display().warning)
        try:
            return self.act(given)
        except (CanaryError, ConvergeError) as error:
            raise ToldError(str(error)) from error
        except (BotoCoreError, ClientError) as error:
            raise ToldError(explain(error)) from error
        except MISREAD as error:
            if "region" not in self.arguments:  # nothing of AWS was read
                raise
            raise ToldError(explain(error)) from error

    def _role(self) -> Role | None:
        """Return the role that the environment's variables say to assume."""
        names = ("role_arn", "external_id", "role_session_name")
        given = {name: self.task_vars.get(f"aws_{name}") for name in names}
        return Role.of({name: self._templar.template(value) for name, value in given.items() if value})

    def declared(self, host: str, name: str) -> Any:
        """Return a variable as a host's own task would see it, as JSON data.

        Raises:
            ConvergeError: it is not set for that host.
        """
        return plain(host_values(self, self.task_vars, host, [name])[name])

    def declared_by_hosts(self, name: str, hosts: Sequence[str] | None = None) -> dict[str, Any]:
        """Return the same for many hosts, by default for every host of the play.

        Raises:
            ConvergeError: it is not set for a host.
        """
        wanted = self.task_vars["ansible_play_hosts"] if hosts is None else hosts
        found = fleet_values(self, self.task_vars, wanted, [name])
        return {host: values[name] for host, values in found.items()}

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the task's result."""
        raise NotImplementedError
