"""What a service's removal does last: whatever interrupts it, the record still says how the service was made."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.plan import by_key, needs
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import Key, parse
from tests.unit.docs.rendered import ROOT

PROGRAM = Path(__file__).parents[1] / "adapters" / "evaluate_role.py"
GOING = {"state": "absent", "digest": "", "record": {}}
RECORD, ALIAS, ADDRESS = ("dynamodb_item", "record"), ("route53_record", "main"), ("ssm_parameter", "url")


def graph(engine: str) -> dict[Key, set[Key]]:
    """Return who is removed before whom: of each, those that go later."""
    more = {"slipway_state": "absent", "service_engine": engine, "__service_facts": {"services": {"web": GOING}}}
    command = [sys.executable, str(PROGRAM), "dev", "service", json.dumps(more)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    return needs(by_key(parse(entry, {}, absent=True) for entry in json.loads(run.stdout)))


def later(found: dict[Key, set[Key]], key: Key) -> Iterator[Key]:
    """Yield all that goes after a resource."""
    for one in found[key]:
        yield one
        yield from later(found, one)


@pytest.mark.parametrize("engine", ["weighted", "ecs", "codedeploy", "rolling"])
def test_the_record_goes_last_and_the_name_before_what_says_it(engine: str) -> None:
    found = graph(engine)
    assert {key for key in found if RECORD not in later(found, key)} == {RECORD}
    assert ADDRESS in later(found, ALIAS)
