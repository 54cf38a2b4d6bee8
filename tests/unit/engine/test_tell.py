"""One task tells of many services, and a play whose services failed fails just those."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
PLAY = [
    {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {
                "slipway.aws.tell": {"text": "told", "hosts": "{{ ansible_play_hosts }}"},
                "run_once": True,
                "register": "all_told",
            },
            {"ansible.builtin.assert": {"that": "all_told.msg == expected"}, "run_once": True},
        ],
    }
]
HOSTS = {"api": {"of": 1}, "jobs": {"of": 0}, "web": {"of": 2}}
EXPECTED = ["api: 1 changed", "web: 2 changed"]


def test_each_line_is_as_its_host_sees_it_and_shown_without_asking(tmp_path: Path) -> None:
    variables = {"told": "{{ of ~ ' changed' if of else '' }}", "expected": EXPECTED, "ansible_connection": "local"}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": HOSTS, "vars": variables}}), encoding="utf-8")
    (tmp_path / "play.yml").write_text(yaml.safe_dump(PLAY), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "ansible",
        "playbook",
        str(tmp_path / "play.yml"),
        "-i",
        str(tmp_path / "hosts.yml"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout + done.stderr
    assert all(line in done.stdout for line in EXPECTED)
    assert "jobs: " not in done.stdout.partition("PLAY RECAP")[0]
