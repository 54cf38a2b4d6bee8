"""What a failover took and lost."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.aws.plugins.filter.recovery import failover_report

TIMES = {"begun": 1000, "fenced": 1020, "copied": 1320, "served": 2400, "handed": 2410}


def facts(**more: Any) -> dict[str, Any]:
    return {
        "environment": "prod-standby",
        "source": "prod",
        "unplanned": False,
        "again": False,
        "latest": 1300,
        "times": TIMES,
        "objectives": {"rto": 1800, "rpo": 600},
        **more,
    }


def test_what_was_copied_when_nobody_wrote_any_more_loses_nothing() -> None:
    found = failover_report(facts())
    assert found["measured"] == {"rto": 1410, "rpo": 0}
    assert found["lines"] == ["RTO 23m30s of 30m00s", "RPO 0m00s of 10m00s", "nothing that was written is lost"]
    assert found["problems"] == []
    assert sum(phase["seconds"] for phase in found["phases"]) == found["measured"]["rto"]


def test_what_was_not_copied_is_lost() -> None:
    found = failover_report(facts(latest=720, unplanned=True))
    assert found["measured"]["rpo"] == 300
    assert found["lost"] == "writes of up to 5m00s are lost"
    assert found["problems"] == []


def test_a_run_after_it_tells_nothing_of_what_was_lost() -> None:
    found = failover_report(facts(latest=0, again=True))
    assert (found["measured"]["rpo"], found["problems"]) == (0, [])
    assert found["lines"][-1] == "it had taken over before; what was lost, the report of that run says"


def test_missed_objectives_are_told_with_their_variables() -> None:
    found = failover_report(facts(latest=0, objectives={"rto": 1409, "rpo": 1019}))
    assert found["problems"] == [
        "RTO is 23m30s, the objective failover_rto_minutes is 23m29s",
        "RPO is 17m00s, the objective failover_rpo_minutes is 16m59s",
    ]


def test_a_failover_that_ended_early_is_told_with_what_is_missing() -> None:
    with pytest.raises(AnsibleFilterError, match="failover_report: 'handed' is missing"):
        failover_report(facts(times={name: moment for name, moment in TIMES.items() if name != "handed"}))
