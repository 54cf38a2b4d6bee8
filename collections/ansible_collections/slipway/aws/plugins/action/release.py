"""Releases services by weights, or takes a release back; the work is in ``plugin_utils/release``."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.lease_store import LeaseStore
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.release.journal import SUCCEEDED, WAITS
from ansible_collections.slipway.aws.plugins.plugin_utils.release.keep import keep_report
from ansible_collections.slipway.aws.plugins.plugin_utils.release.report import write_report
from ansible_collections.slipway.aws.plugins.plugin_utils.release.several import Several
from ansible_collections.slipway.aws.plugins.plugin_utils.release.spec import Spec, registered, spec

#: Those that change nothing, or tell of something else than how releases ended.
LOOKS = ["plan", "check", "check_registered", "clean"]
OPERATIONS = ["release", "abort", "promote", "rollback", *LOOKS]
ARGUMENTS = {
    "services": {"type": "list", "elements": "str", "required": True},
    "release": {"type": "str", "required": True},
    "fences": {"type": "dict", "default": {}},
    "table": {"type": "str", "required": True},
    "reports": {"type": "str", "required": True},
    "operation": {"type": "str", "choices": OPERATIONS, "default": "release"},
    "to": {"type": "int", "default": 0},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}
#: What a result has of the journal's entry; the report has all of it.
SHORT = ("number", "status", "reason", "from", "to")
#: Operations about the latest revision; an abort is about the version that the journal names, a plan about one to come.
ABOUT_LATEST = ("release", "check_registered")
NO_VERSION = {"revision": "", "digest": ""}


class ActionModule(Acting):
    """Releases services one after the other; when one fails, those before it go back too."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return how each service's release ended, under ``releases``; fails unless all succeeded."""
        if self._task.check_mode and options["operation"] not in LOOKS:
            options["operation"] = "plan"
        cloud = Cloud(options["region"], Guard().check)
        cloud.progress = Display().display
        specs = [self._spec(host, cloud, options) for host in options["services"]]
        several = Several(cloud, specs, options["table"], options["fences"], Display().display)
        if options["operation"] in LOOKS:
            return self._look(several, options["operation"])
        ended = self._operate(several, options)
        told = {name: write_report(entry, options["reports"]) for name, entry in ended.items()}
        for one in specs:
            if ended.get(one.service, {}).get("status", WAITS) != WAITS:
                told[one.service] += keep_report(cloud, one.bucket, ended[one.service])
        self._leave_waiting(cloud, options, ended)
        good = {SUCCEEDED, WAITS}
        wrong = options["operation"] != "abort" and any(entry["status"] not in good for entry in ended.values())
        short = {name: {key: entry[key] for key in SHORT} for name, entry in ended.items()}
        return {"changed": bool(ended), "releases": short, "failed": wrong, "msg": "\n".join(told.values())}

    def _look(self, several: Several, operation: str) -> dict[str, Any]:
        checks = {"check": several.check, "check_registered": several.check_registered}
        if operation in checks:
            checks[operation]()
            return {"changed": False, "msg": "the releases may begin"}
        if operation == "plan":
            return {"changed": False, "msg": "\n".join(line for lines in several.plan().values() for line in lines)}
        found = several.clean(check=self._task.check_mode)
        told = [f"{name}: {text}" for name, texts in found.items() for text in texts]
        done = "would be removed" if self._task.check_mode else "removed"
        return {"changed": bool(told), "msg": "\n".join([f"{done}:", *told] if told else ["nothing is left over"])}

    def _operate(self, several: Several, options: dict[str, Any]) -> dict[str, Any]:
        if options["operation"] == "abort":
            return several.abort()
        if options["operation"] == "promote":
            return several.promote()
        return several.take_back(options["to"]) if options["operation"] == "rollback" else several.release()

    @staticmethod
    def _leave_waiting(cloud: Cloud, options: dict[str, Any], ended: dict[str, Any]) -> None:
        """Leave the leases of releases that wait for an answer to whoever gives it; this run writes no more then."""
        for name, entry in ended.items():
            if entry["status"] == WAITS:
                seconds = cloud.clock.real(entry["gate"]["until"] - cloud.time())
                LeaseStore(cloud, options["table"], seconds).leave_waiting(
                    f"release/{name}", options["fences"][f"release/{name}"]
                )

    def _spec(self, host: str, cloud: Cloud, options: dict[str, Any]) -> Spec:
        declared: dict[str, Any] = self.declared(host, options["release"])
        is_there = options["operation"] in ABOUT_LATEST and not self._task.check_mode
        version = registered(cloud, declared["family"]) if is_there else NO_VERSION
        return spec(Outputs(cloud, options["outputs_path"]).resolved(declared) | version)
