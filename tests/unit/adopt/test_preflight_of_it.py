"""The inventory that describes the shop passes the first gate, as those that people write do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.claims import from_state
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.describe import describe
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.files import files
from ansible_collections.slipway.aws.plugins.plugin_utils.adopt.survey import survey
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from tests.unit.adopt.shop import REGION, Shop

ROOT = Path(__file__).parents[3]


def project(place: Path, texts: dict[str, str]) -> None:
    for name in ("group_vars", "playbooks", "roles", "collections", "filter_plugins"):
        shutil.copytree(ROOT / name, place / name, symlinks=True)
    shutil.copy(ROOT / "ansible.cfg", place)
    for name, text in texts.items():
        path = place / "inventories" / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (place / "inventories/shop/group_vars/all").symlink_to("../../../group_vars/all")


def preflight(place: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ansible", "playbook", "playbooks/preflight.yml", "-i", "inventories/shop"]
    given = ["-e", json.dumps({"environments": ["dev", "shop"]})]
    variables = {**os.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run([*command, *given], cwd=place, env=variables, capture_output=True, text=True, check=False)


def test_it_passes(shop: Shop, tmp_path: Path) -> None:
    state = tmp_path / "shop.tfstate"
    state.write_text(json.dumps(shop.state()), encoding="utf-8")
    found = survey(Cloud(REGION), from_state(state))
    project(tmp_path, files(describe(found, "shop", "", {"network"})))
    done = preflight(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
