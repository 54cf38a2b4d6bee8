"""Keeps the places of previews, and says which hosts previews are."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.clock import timestamp
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.night.mark import refuse_asleep
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.previews.derive import (
    LOG_DAYS,
    preview_name,
    preview_service,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.previews.places import (
    TARGET_GROUPS,
    Preview,
    Terms,
    chosen,
    claimed,
    is_ours,
    keep,
    leave,
    read_previews,
    term_problems,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, plain
from ansible_collections.slipway.aws.plugins.plugin_utils.service_state import Question, find_digest

ARGUMENTS = {
    "operation": {"type": "str", "choices": ["claim", "find", "leave"], "required": True},
    "untemplated": {"type": "list", "elements": "str", "default": []},
    "which": {"type": "str", "choices": ["all", "branch", "expired"], "default": "expired"},
    "service": {"type": "str", "default": ""},
    "image_tag": {"type": "str", "default": ""},
    "preview": {"type": "dict", "default": {}},
    "allowed": {"type": "bool", "default": False},
    "terms": {"type": "dict", "options": {name: {"type": "int", "required": True} for name in Terms._fields}},
    "table": {"type": "str", "required": True},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}
HOUR = 3600


class ActionModule(Acting):
    """Finds, takes and frees places of previews."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return hosts for ``add_host``."""
        self.cloud, self.options = Cloud(options["region"], Guard().check), options
        self.here = self.task_vars["hostvars"][self.task_vars["inventory_hostname"]]
        return {"claim": self._claim, "find": self._find, "leave": self._leave}[options["operation"]]()

    def _claim(self) -> dict[str, Any]:
        self._refuse_what_was_not_said()
        terms = Terms(**self.options["terms"])
        if problems := list(term_problems(terms, plain(self.here["environment_services"]))):
            raise ConvergeError("; ".join(problems))
        there = read_previews(self.cloud, self.options["table"])
        preview = claimed(self._wanted(terms.hours), there, terms.limit)
        if preview not in there:
            self._refuse_what_cannot_be(preview, is_new=preview.name not in {one.name for one in there})
            self._unless_checking(keep, preview)
        host = self._host(preview, terms.first_priority)
        return {"changed": preview not in there, "hosts": [host], "msg": _told(preview)}

    def _refuse_what_was_not_said(self) -> None:
        service, services = self.options["service"], self.task_vars["groups"].get("services", [])
        if not self.options["allowed"]:
            raise ConvergeError(
                f"{self.here['env_name']} carries no previews: preview_allowed is false; use an environment that has"
                " it, such as dev"
            )
        if service not in services:
            raise ConvergeError(f"service is {service!r}; give -e service=NAME, one of {', '.join(services)}")
        if not self.options["image_tag"]:
            raise ConvergeError("image_tag is not set; give -e image_tag=TAG, that of the branch's image")

    def _branch(self) -> str:
        """Return the branch as it was given: it is others' text, and Ansible would evaluate a template in it.

        Raises:
            ConvergeError: none was given.
        """
        (name,) = self.options["untemplated"]
        branch = str(self.task_vars.get(name) or "")
        if not branch:
            raise ConvergeError("branch is not set; give -e branch=NAME")
        return plain(branch)  # type: ignore[no-any-return]  # JSON text is text

    def _wanted(self, hours: int) -> Preview:
        service, branch = self.options["service"], self._branch()
        name, declared = preview_name(service, branch), self.task_vars["hostvars"][service]
        listed = self.here["environment_services"][service]
        return Preview(
            place=0,
            name=name,
            service=service,
            branch=branch,
            image_tag=self.options["image_tag"],
            domain=f"{name}.{self.here['dns_zone_name']}",
            load_balancer=str(listed.get("load_balancer") or self.here["load_balancers"][0]),
            database=bool(declared.get("service_database", False)),
            hours=hours,
            expires=timestamp(time.time() + self.cloud.clock.real(hours * HOUR)),
        )

    def _refuse_what_cannot_be(self, preview: Preview, *, is_new: bool) -> None:
        """Look before the place is taken, so that nothing is left of what cannot be.

        Raises:
            ConvergeError: the environment sleeps, the image is missing, or the load balancer is full.
        """
        refuse_asleep(self.cloud, self.options["table"])
        repository = f"{self.here['name_prefix']}/{preview.service}"
        question = Question(preview.service, repository, preview.image_tag)
        if not find_digest(self.cloud, question):
            raise ConvergeError(f"{preview.service}: there is no image {question.image_text}; push it first")
        if is_new:
            self._refuse_full(preview.load_balancer)

    def _refuse_full(self, balancer: str) -> None:
        prefix = "" if balancer == self.here["load_balancers"][0] else f"{balancer}."
        outputs = Outputs(self.cloud, self.options["outputs_path"])
        arn = outputs.resolved(f"${{output.load_balancer.{prefix}load_balancer_arn}}")
        held = len(self.cloud.pages("elbv2", "describe_target_groups", "TargetGroups", LoadBalancerArn=arn))
        if held >= TARGET_GROUPS:
            raise ConvergeError(
                f"load balancer {balancer} has {held} target groups, and AWS allows {TARGET_GROUPS}; remove a preview"
                " with playbooks/preview_down.yml, or give the service another one of load_balancers"
            )

    def _host(self, preview: Preview, first_priority: int) -> dict[str, Any]:
        """Return the host that a preview is, with the variables of its service."""
        declared = self.task_vars["hostvars"].get(preview.service, {}) if self.options["operation"] == "claim" else {}
        names = [name for name in declared if name.startswith("service_")]
        own = plain({name: declared[name] for name in names}) | {"service_database": preview.database}
        listed = {"priority": first_priority + preview.place, "load_balancer": preview.load_balancer}
        return {
            "name": preview.name,
            "groups": ["previews", str(self.here["env_name"])],
            "preview": asdict(preview),
            "environment_services": {preview.name: listed},
            "database_access_name": f"{preview.name}-database",
            "database_access_recovery_days": 0,
            "database_access_log_retention_days": LOG_DAYS,
            **preview_service(own, preview.service, preview.name, preview.domain, preview.image_tag),
        }

    def _find(self) -> dict[str, Any]:
        which, now = self.options["which"], timestamp(time.time())
        branch = self._branch() if which == "branch" else ""
        there = read_previews(self.cloud, self.options["table"])
        over = chosen(there, which, branch, self.options["service"], now)
        if strange := [one for one in over if not is_ours(one)]:
            raise ConvergeError(
                f"{strange[0].name} is not the name of a preview of branch {strange[0].branch!r}; nothing is removed."
                f" Look at item preview#{strange[0].place} of {self.options['table']}"
            )
        hosts = [{**self._host(one, 1), "slipway_state": "absent"} for one in over]
        return {"changed": False, "hosts": hosts, "lines": [_line(one, removed=one in over) for one in there]}

    def _leave(self) -> dict[str, Any]:
        self._unless_checking(leave, Preview(**self.options["preview"]))
        return {"changed": True}

    def _unless_checking(self, write: Callable[[Cloud, str, Preview], None], preview: Preview) -> None:
        if not self._task.check_mode:
            write(self.cloud, self.options["table"], preview)


def _told(preview: Preview) -> str:
    runs = f"{preview.service}:{preview.image_tag} of branch {preview.branch!r}"
    return f"https://{preview.domain} is {runs} until {preview.expires}"


def _line(preview: Preview, *, removed: bool) -> str:
    return _told(preview) + (", to be removed" if removed else "")
