"""Where WAF's log goes: the log group of the web ACL's logging configuration, and the samples that can be asked for."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from rehearsal.tasks.process import LogSink
from rehearsal.world import World

SAMPLES = "wafv2.samples"
#: Requests of which a sample is kept.
KEPT = 500


def take(world: World, records: list[dict[str, Any]]) -> None:
    """Write what happened to requests, each at its time."""
    for record in records:
        now = world.clock.now()
        world.kept(SAMPLES).setdefault(record["webaclId"], deque(maxlen=KEPT)).append({**record, "at": now})
        region = record["webaclId"].split(":")[3] if ":" in record["webaclId"] else ""
        logging = world.backend("wafv2", region).logging_configurations.get(record["webaclId"]) if region else None
        if logging:
            _write(world, region, logging, {"timestamp": int(now * 1000), **record})


def _write(world: World, region: str, logging: Any, record: dict[str, Any]) -> None:
    hidden = {one["SingleHeader"]["Name"] for one in logging.redacted_fields or [] if "SingleHeader" in one}
    headers = [
        {**header, "value": "REDACTED"} if header["name"].lower() in hidden else header
        for header in record["httpRequest"]["headers"]
    ]
    shown = {**record, "httpRequest": {**record["httpRequest"], "headers": headers}}
    for arn in logging.log_destination_configs:
        group = arn.split(":log-group:")[-1].removesuffix(":*")
        if group in world.backend("logs", region).groups:
            name = record["webaclId"].split("/")[-2]
            LogSink(world, region, group, f"{region}_{name}_0").write(json.dumps(shown))
