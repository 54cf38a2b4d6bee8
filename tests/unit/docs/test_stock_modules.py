"""The comparison with the stock modules is complete and about modules that are there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import adapter_types
from tools.stock_modules import NONE, comparison, returns_diff, rows, source

ROOT = Path(__file__).parents[3]
TYPES: dict[str, Any] = comparison()["types"]
COLUMNS = {"module", "part_of", "unknown", "second", "gap"}


def test_every_resource_type_is_compared() -> None:
    assert sorted(TYPES) == adapter_types()


@pytest.mark.parametrize("name", TYPES)
def test_modules_exist_and_statements_say_how_they_are_known(name: str) -> None:
    entry = TYPES[name]
    assert set(entry) <= COLUMNS
    assert entry["module"] == NONE or source(entry["module"]) is not None
    for column in ("unknown", "second", "gap"):
        assert column not in entry or re.search(r"\((?:ran|read)\)$", entry[column]), entry[column]


def test_the_collections_are_those_that_are_installed() -> None:
    for name, version in comparison()["collections"].items():
        some = source("amazon.aws.ec2_vpc_net" if name == "amazon.aws" else "community.aws.ecs_service")
        assert some is not None
        manifest = json.loads((some.parents[2] / "MANIFEST.json").read_text(encoding="utf-8"))
        assert manifest["collection_info"]["version"] == version, f"look at the modules of {name} again"


def test_diffs_are_read_from_the_source() -> None:
    assert returns_diff("amazon.aws.route53")
    assert not returns_diff("amazon.aws.ec2_vpc_net")
    with pytest.raises(FileNotFoundError):
        returns_diff("amazon.aws.no_such_module")


def test_what_nobody_tried_says_so() -> None:
    found = {line[0]: line for line in rows(adapter_types())}
    assert found["`kms_key`"][2] == found["`kms_key`"][4] == "not tried"
    assert found["`ec2_flow_log`"][1] == "there is none"


def test_no_role_uses_a_stock_module_for_aws() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "roles").glob("*/tasks/*.yml")}
    assert not [path for path, text in texts.items() if re.search(r"\b(?:amazon|community)\.aws\.", text)]
