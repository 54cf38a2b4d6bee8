"""Reads the state of every security control of a standing environment. Changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.controls.report import FAILED, UNKNOWN, Row, rows
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.table_page import table_page

ARGUMENTS = {
    "environment": {"type": "str", "required": True},
    "exceptions": {"type": "list", "elements": "dict", "default": []},
    "name_prefix": {"type": "str", "required": True},
    "outputs_path": {"type": "str", "default": "/slipway"},
    "report": {"type": "path", "required": True},
    "region": {"type": "str"},
}
UNMET = {FAILED, UNKNOWN}
HEAD = ("Control", "What it asks for", "Resource", "State", "Why not")


class ActionModule(Acting):
    """Writes the state of controls as HTML, JSON and Markdown; fails when one is not met without a reason."""

    arguments = ARGUMENTS

    def act(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return how many controls there are of each state, and those that are not met."""
        found = self._rows(given)
        page = Path(given["report"]).with_suffix(".html")
        states = dict(Counter(one.state for one in found))
        unmet = [f"{one.control} {one.resource}: {one.reason or one.title}" for one in found if one.state in UNMET]
        told = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
        _write(page, given["environment"], found, [f"{told}.", "", *(f"* {one}" for one in unmet)])
        message = "\n".join([*unmet, f"Security controls of {given['environment']}: {told}; report: {page}"])
        return {"changed": False, "failed": bool(unmet), "msg": message, "states": states, "unmet": unmet}

    @staticmethod
    def _rows(given: dict[str, Any]) -> list[Row]:
        cloud, today = Cloud(given["region"]), datetime.now(UTC).date()
        outputs = {**Outputs(cloud, given["outputs_path"]).all(), "name_prefix": given["name_prefix"]}
        return rows(cloud, outputs, given["exceptions"], given["environment"], today)


def _write(page: Path, environment: str, found: Iterable[Row], summary: Iterable[str]) -> None:
    page.parent.mkdir(parents=True, exist_ok=True)
    rows = (asdict(one).values() for one in found)
    page.write_text(table_page(f"Security controls of {environment}", HEAD, rows), encoding="utf-8")
    page.with_suffix(".json").write_text(json.dumps([asdict(one) for one in found], indent=2), encoding="utf-8")
    page.with_suffix(".md").write_text("\n".join(summary) + "\n", encoding="utf-8")
