"""What the load balancer asks of a service is nobody else's to ask, whatever its path, and verify expects that."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jinja2.nativetypes import NativeEnvironment

ROOT = Path(__file__).parents[3]


def hidden(path: str) -> re.Pattern[str]:
    """Return what the web ACL matches when the services are asked for a path."""
    wanted = [["prod", {"service_health_check_path": path}, ["service"], ["firewall"]]]
    command = [sys.executable, "tools/rendered.py", json.dumps(wanted)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (acl,) = [one["properties"] for one in json.loads(told)[0]["firewall"] if one["type"] == "wafv2_web_acl"]
    (rule,) = [one for one in acl["Rules"] if one["Name"] == "hidden-paths"]
    return re.compile(rule["Statement"]["RegexMatchStatement"]["RegexString"])


def expected(path: str, platform: list[str]) -> int:
    """Return the status that verify expects."""
    told = yaml.safe_load((ROOT / "roles/verify/vars/main.yml").read_text(encoding="utf-8"))
    given = {"service_health_check_path": path, "groups": {"platform": platform}}
    for name in ("__verify_health_check", "__verify_unprotected"):
        given[name] = NativeEnvironment().from_string(told[name]).render(given)
    status: int = NativeEnvironment().from_string(told["__verify_target"]["ready_status"]).render(given)
    return status


@pytest.mark.parametrize(("path", "status"), [("/status?deep=1", 404), ("/", 200)])
def test_a_health_check_is_hidden_whatever_its_path(path: str, status: int) -> None:
    pattern = hidden(path)
    assert pattern.match("/readyz")
    assert bool(pattern.match(path.partition("?")[0])) == (status == 404)
    assert expected(path, ["firewall", "network"]) == expected(path, []) == status
    assert expected(path, ["network"]) == 200
