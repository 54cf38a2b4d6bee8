"""The case of a whole environment: ``site.yml`` beside stock modules and boto3 alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from bench.timing import ROOT, Bench, Case, again, median
from rehearsal.rehearse import Rehearsal

#: What bench/stock makes as a part of something else, and what it makes one of.
PARTS = ("ec2_elastic_ip", "ec2_security_group_rules", "elbv2_listener", "elbv2_listener_rule")
SINGLE = (
    *("ec2_vpc", "ec2_internet_gateway", "rds_db_subnet_group", "rds_db_parameter_group"),
    *("rds_db_instance", "route53_hosted_zone", "route53_record", "elbv2_load_balancer", "wafv2_web_acl"),
    *("wafv2_web_acl_association", "ecr_repository", "sns_topic", "ecs_cluster"),
)


def measure(name: str, repeat: int) -> Case:
    """Measure an environment: its first run, and the next while it serves, in turns with the others."""
    declared = resources(name)
    counts = Counter(item["type"] for item in declared)
    endpoints = [item["name"] for item in declared if item["type"] == "ec2_vpc_endpoint"]
    bench = Bench()
    site = partial(bench.playbook, "site.yml", f"inventories/{name}")
    stock = partial(bench.stock, {"stock_counts": counts, "stock_endpoints": endpoints})
    with tempfile.TemporaryDirectory() as reports:
        first = [site()]
        Rehearsal(name, Path(reports)).push_images()
        first.append(site("--limit", "services"))
    return {
        "first": {"ours": {"wall": round(sum(run.wall for run in first), 2), "runs": 1}, "stock": median([stock()])},
        "second": again(bench, site, repeat, {"stock": stock}),
        "resources": counts.total(),
        "resources_stock": sum(counts[kind] for kind in looped() | {*PARTS}) + sum(kind in counts for kind in SINGLE),
    }


def resources(name: str) -> list[dict[str, Any]]:
    """Return what the roles of an environment declare."""
    command = [sys.executable, "tools/rendered.py", json.dumps([[name, {}]])]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return [item for items in json.loads(done.stdout)[0].values() for item in items]


def looped() -> set[str]:
    """Return the types of which the stock playbook makes as many as the environment has."""
    tasks = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "bench/stock").glob("*.yml")))
    return {"ec2_vpc_endpoint", *(kind for text in tasks for kind in re.findall(r"stock_counts\.(\w+)", text))}
