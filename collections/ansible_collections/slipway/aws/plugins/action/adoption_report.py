"""Says what the next run does to what was taken over; the work is in ``plugin_utils/adopt``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt import report
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.risks import improvements
from ansible_collections.slipway.aws.plugins.plugin_utils.drift import read_findings

ARGUMENTS = {
    "environment": {"type": "str", "required": True},
    "adopted": {"type": "dict", "required": True},
    "findings": {"type": "path", "required": True},
    "report": {"type": "path", "required": True},
}


class ActionModule(Acting):
    """Writes the report, as JSON and as Markdown."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the result in a few sentences, and what would be changed of what stands."""
        found = read_findings(Path(options["findings"]))
        better = improvements(found, options["adopted"])
        path, changed = Path(options["report"]), report.touched(found)
        told = [*report.lines(found, better, options["adopted"]), f"report: {path.with_suffix('.md')}"]
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "told": told,
            "changes": changed,
            "new": report.made(found),
            "improvements": [asdict(one) for one in better],
        }
        path.with_suffix(".json").write_text(json.dumps(content, indent=2, default=str), encoding="utf-8")
        text = report.markdown(options["environment"], found, better, options["adopted"])
        path.with_suffix(".md").write_text(text, encoding="utf-8")
        return {"changed": False, "told": told, "changes": len(changed)}
