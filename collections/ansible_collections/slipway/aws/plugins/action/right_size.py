"""Proposes sizes and numbers of tasks from what services used; the work is in ``plugin_utils/scaling``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.commitments import Proposal, offers, proposals
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.commitments_told import (
    commitment_lines,
    commitment_table,
)
from ansible_collections.slipway.aws.plugins.plugin_utils.cost.prices import Prices
from ansible_collections.slipway.aws.plugins.plugin_utils.outputs import Outputs
from ansible_collections.slipway.aws.plugins.plugin_utils.parallel import side_by_side
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.always import always
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.page import right_size_page
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.patch import patch
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.size import right_size
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.usage import PERIOD, usage

ARGUMENTS = {
    "usage": {"type": "str", "required": True},
    "days": {"type": "float", "default": 14},
    "least_days": {"type": "float", "default": 7},
    "directory": {"type": "str", "required": True},
    "prices": {"type": "dict", "default": {}},
    "database": {"type": "str", "default": ""},
    "region": {"type": "str"},
    "outputs_path": {"type": "str", "default": "/slipway"},
}


class ActionModule(Acting):
    """Reads a fortnight of metrics of every host of the play; changes nothing but the returned text."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return ``advice`` by service, ``lines`` for people, and ``patch``, a diff of the inventory."""
        cloud = Cloud(options["region"])
        asked = Outputs(cloud, options["outputs_path"]).resolved(self.declared_by_hosts(options["usage"]))
        found = side_by_side(lambda one: _advice(cloud, one, options), asked.values())
        advice = dict(zip(asked, found, strict=True))
        texts = [_patch(Path(options["directory"]), asked[host], each) for host, each in advice.items()]
        lines = [line for host, each in advice.items() for line in _lines(host, each)]
        promised = self._promised(cloud, asked, advice, options)
        return {
            "changed": False,
            "advice": advice,
            "lines": [*lines, *commitment_lines(promised)],
            "patch": "".join(texts),
            "page": right_size_page(
                "Sizes and numbers of tasks",
                advice,
                asked,
                commitment_table(promised, options["prices"].get("sources", {})),
            ),
        }

    @staticmethod
    def _promised(
        cloud: Cloud, asked: Mapping[str, Any], advice: Mapping[str, Any], options: Mapping[str, Any]
    ) -> list[Proposal]:
        """Return proposals of commitments, once there are days enough to know what always runs."""
        known = [host for host, each in advice.items() if each["enough"]]
        if not known or not options["prices"]:
            return []
        prices = Prices(options["prices"])
        tasks = sum(always(prices, advice[host], asked[host]) for host in known)
        name = Outputs(cloud, options["outputs_path"]).resolved(options["database"])
        return list(proposals(offers(options["prices"]), tasks, _database(cloud, prices, name), prices.hours))


def _advice(cloud: Cloud, asked: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    size = {name: asked[name] for name in ("cpu", "memory", "minimum", "architecture")}
    samples = usage(cloud, asked["sides"], options["days"])
    return right_size(samples, **size, seconds=PERIOD, least_days=options["least_days"])


def _database(cloud: Cloud, prices: Prices, name: str) -> tuple[str, float] | None:
    """Return class and dollars an hour of the database, as it is; nothing where the class has no price."""
    if not name:
        return None
    (one,) = cloud.read("rds", "describe_db_instances", DBInstanceIdentifier=name)["DBInstances"]
    found = str(one["DBInstanceClass"])
    if found not in prices.content["databases"]:
        return None
    return found, prices[found].price * (2 if one.get("MultiAZ") else 1)


def _patch(directory: Path, asked: Mapping[str, Any], advice: Mapping[str, Any]) -> str:
    if not advice["enough"]:
        return ""
    path = directory / asked["file"]
    text = path.read_text(encoding="utf-8") if path.is_file() else "---\n"
    values = {
        "service_cpu": advice["size"]["cpu"],
        "service_memory": advice["size"]["memory"],
        "autoscaling_minimum": advice["minimum"],
        "autoscaling_maximum": advice["maximum"],
        "autoscaling_requests": advice["requests"],
    }
    return patch(str(asked["file"]), text, {name: value for name, value in values.items() if value})


def _lines(host: str, advice: Mapping[str, Any]) -> list[str]:
    size = advice["size"]
    told = [f"{host}: {reason}" for reason in advice["reasons"]]
    if not advice["enough"]:
        return told
    tasks = f"{advice['minimum']} to {advice['maximum']} tasks of {size['cpu']} units and {size['memory']} MiB"
    money = f"{advice['then']:.2f} instead of {advice['now']:.2f} dollars a month, {advice['saving']:.2f} less"
    return [*told, f"{host}: {tasks}, each for {advice['requests']:g} requests a second: {money}."]
