"""What is declared holds in each partition of AWS, such as those of China and of the American government."""

from __future__ import annotations

import json
import re

from ansible_collections.slipway.aws.plugins.plugin_utils.release.dead_mans_switch import state_machine
from tests.unit.docs.rendered import ROOT

FIXED = re.compile(r"arn:aws[a-z-]*:")


def test_no_role_names_the_partition_of_an_arn() -> None:
    files = [file for part in ("vars", "tasks", "templates") for file in ROOT.glob(f"roles/*/{part}/**/*.*")]
    assert len(files) > 100
    assert [str(file) for file in files if FIXED.search(file.read_text(encoding="utf-8"))] == []


def test_the_dead_mans_switch_calls_the_services_of_its_own_partition() -> None:
    text = json.dumps(state_machine("leases"))
    assert not FIXED.search(text)
    assert "arn:${cloud.current.partition}:states:::aws-sdk:dynamodb:getItem" in text
