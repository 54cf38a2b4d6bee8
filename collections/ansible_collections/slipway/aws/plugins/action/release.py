"""Releases services by weights, or takes a release back; the work is in ``plugin_utils/release``."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from botocore.exceptions import BotoCoreError, ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud, explain
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.host_values import host_values
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.references import Reference, resolve
from ansible_collections.slipway.aws.plugins.plugin_utils.release.journal import SUCCEEDED
from ansible_collections.slipway.aws.plugins.plugin_utils.release.report import write_report
from ansible_collections.slipway.aws.plugins.plugin_utils.release.several import Several
from ansible_collections.slipway.aws.plugins.plugin_utils.release.spec import Spec, registered, spec
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError, plain

ARGUMENTS = {
    "services": {"type": "list", "elements": "str", "required": True},
    "release": {"type": "str", "required": True},
    "fences": {"type": "dict", "default": {}},
    "table": {"type": "str", "required": True},
    "reports": {"type": "str", "required": True},
    "operation": {"type": "str", "choices": ["release", "abort", "rollback", "plan"], "default": "release"},
    "to": {"type": "int", "default": 0},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}
#: What a result has of the journal's entry; the report has all of it.
SHORT = ("number", "status", "reason", "from", "to")
#: An abort is about the version that the journal names.
NO_VERSION = {"revision": "", "digest": ""}


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible ships no types
    """Releases services one after the other; when one fails, those before it go back too."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return how each service's release ended, under ``releases``; fails unless all succeeded."""
        super().run(tmp, task_vars)
        _, options = self.validate_argument_spec(argument_spec=ARGUMENTS)
        if self._task.check_mode:
            options["operation"] = "plan"
        cloud = Cloud(options["region"], Guard().check)
        cloud.progress = Display().display
        try:
            specs = [self._spec(host, cloud, options, task_vars or {}) for host in options["services"]]
            several = Several(cloud, specs, options["table"], options["fences"], Display().display)
            if options["operation"] == "plan":
                return {"changed": False, "msg": "\n".join(line for lines in several.plan().values() for line in lines)}
            ended = self._operate(several, options)
        except (ConvergeError, ClientError, BotoCoreError) as error:
            raise AnsibleActionFail(explain(error)) from error
        told = {name: write_report(entry, options["reports"]) for name, entry in ended.items()}
        wrong = options["operation"] != "abort" and any(entry["status"] != SUCCEEDED for entry in ended.values())
        short = {name: {key: entry[key] for key in SHORT} for name, entry in ended.items()}
        return {"changed": bool(ended), "releases": short, "failed": wrong, "msg": "\n".join(told.values())}

    def _operate(self, several: Several, options: dict[str, Any]) -> dict[str, Any]:
        if options["operation"] == "abort":
            return several.abort()
        return several.take_back(options["to"]) if options["operation"] == "rollback" else several.release()

    def _spec(self, host: str, cloud: Cloud, options: dict[str, Any], task_vars: dict[str, Any]) -> Spec:
        declared: dict[str, Any] = plain(host_values(self, task_vars, host, [options["release"]])[options["release"]])
        family = declared.pop("family")
        outputs = Outputs(cloud, options["outputs_path"])

        def lookup(reference: Reference) -> Any:
            return outputs.value(reference, check=False)

        version = registered(cloud, family) if options["operation"] == "release" else NO_VERSION
        return spec(resolve(declared, lookup) | version)
