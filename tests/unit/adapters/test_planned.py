"""What a fleet only plans is told by host, and nobody writes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.unit.adapters.converging import REGION
from tools.files import ROOT

PLAY = f"""
- hosts: all
  gather_facts: false
  vars:
    slipway_tags: {{}}
    made: []
    pending:
      - type: ssm_parameter
        name: one
        properties: {{Name: "/planned/{{{{ inventory_hostname }}}}", Type: String, Value: new}}
  tasks:
    - slipway.aws.converge:
        fleet: made
        planned: pending
        region: {REGION}
      run_once: true
      register: told
    - ansible.builtin.copy:
        content: "{{{{ told | to_json }}}}"
        dest: "{{{{ playbook_dir }}}}/told.json"
        mode: "0600"
      run_once: true
"""


def test_what_would_change_is_told_by_host_and_not_done(tmp_path: Path, client: Callable[[str], Any]) -> None:
    ssm = client("ssm")
    for host, value in (("old", "other"), ("same", "new")):
        ssm.put_parameter(Name=f"/planned/{host}", Value=value, Type="String")
    playbook = tmp_path / "play.yml"
    playbook.write_text(PLAY, encoding="utf-8")
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "old,same,none,", "-c", "local", str(playbook)]
    variables = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "SLIPWAY_TIME_SCALE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert {host: [item["action"] for item in items] for host, items in told["planned"].items()} == {
        "old": ["updated"],
        "none": ["created"],
    }
    assert (told["changed"], told["hosts"], told["failures"]) == (False, {}, {})
    names = {item["Name"]: item["Value"] for item in ssm.get_parameters_by_path(Path="/planned")["Parameters"]}
    assert names == {"/planned/old": "other", "/planned/same": "new"}
