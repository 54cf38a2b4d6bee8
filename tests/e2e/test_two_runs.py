"""Two runs at once: the second is told who holds what, and writes nothing."""

from __future__ import annotations

import subprocess
import time

from tests.e2e.environment import Environment


def test_the_second_run_is_refused_and_a_killed_one_is_taken_over(unlike: Environment) -> None:
    first = unlike.begin("site.yml", stdout=subprocess.PIPE)
    for line in first.stdout or ():
        if line.startswith("PLAY [Converge a stage]"):
            break
    second = unlike.playbook("playbooks/platform.yml", "--limit", "network", expect=2)
    assert "network is being changed by" in second.output
    assert "slipway_takeover=true" in second.output
    assert second.changed == {}
    first.kill()
    first.wait()
    time.sleep(1)
    assert unlike.playbook("site.yml").changed == {}
