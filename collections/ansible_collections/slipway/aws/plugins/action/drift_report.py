"""Says what of an environment is not what Git says; the work is in ``plugin_utils/drift``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils import drift
from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.outcome import CHANGED
from ansible_collections.slipway.aws.plugins.plugin_utils.records import read_items
from ansible_collections.slipway.aws.plugins.plugin_utils.release.journal import journal_id
from ansible_collections.slipway.aws.plugins.plugin_utils.service_state import record_key

ARGUMENTS = {
    "environment": {"type": "str", "required": True},
    "findings": {"type": "path", "required": True},
    "report": {"type": "path", "required": True},
    "releases": {"type": "dict", "required": True},
    "removed": {"type": "list", "elements": "str", "default": []},
    "table": {"type": "str", "required": True},
    "region": {"type": "str"},
}


class ActionModule(Acting):
    """Writes the report, as JSON and as Markdown, and fails when there is something in it."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the number of resources and the versions that differ."""
        found = drift.read_findings(Path(options["findings"]))
        resources = [one for one in found if one["action"] in CHANGED]
        versions, removed = self._versions(options), options["removed"]
        environment, path = options["environment"], Path(options["report"])
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"environment": environment, "resources": resources, "versions": versions, "removed": removed}
        path.with_suffix(".json").write_text(json.dumps(content, indent=2), encoding="utf-8")
        path.with_suffix(".md").write_text(drift.markdown(environment, resources, versions, removed), encoding="utf-8")
        differ = [one for one in versions if one["state"] != drift.SAME]
        message = f"{drift.summary(environment, resources, versions, removed)}; report: {path.with_suffix('.md')}"
        result = {"changed": False, "msg": message, "resources": len(resources), "versions": differ}
        return {**result, "failed": True} if resources or differ or removed else result

    @staticmethod
    def _versions(options: dict[str, Any]) -> list[dict[str, str]]:
        names = list(options["releases"])
        keys = [key for name in names for key in (record_key(name), {"id": journal_id(name)})]
        items = {item["id"]: item for item in read_items(Cloud(options["region"]), options["table"], keys)}
        records = {name: items[record_key(name)["id"]] for name in names if record_key(name)["id"] in items}
        last = {name: items[journal_id(name)] for name in names if journal_id(name) in items}
        return drift.version_findings(options["releases"], records, last)
