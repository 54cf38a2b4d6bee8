"""The collection is built without what is only in a checkout, and works where it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "collections" / "ansible_collections" / "slipway" / "aws"
#: What tools and ansible-test leave in a checkout.
LEFT = (
    ".ruff_cache/CACHEDIR.TAG",
    "plugins/.mypy_cache/3.12/cache.db",
    "plugins/filter/__pycache__/awx.cpython-312.pyc",
    "tests/unit/test_awx.py",
)
#: One that imports what lies beside it, and is documented in a file of its own.
FILTER = "slipway.aws.night_plan"


def run(place: Path, *command: str, **variables: str) -> str:
    """Run a program of Ansible in a directory without this project's settings."""
    env = {**os.environ, "ANSIBLE_HOME": str(place / "home"), **variables}
    done = subprocess.run(
        [sys.executable, "-m", "ansible", *command], cwd=place, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what is built of a checkout in which tools were at work."""
    place = tmp_path_factory.mktemp("collection")
    shutil.copytree(SOURCE, place / "aws", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in LEFT:
        (place / "aws" / name).parent.mkdir(parents=True)
        (place / "aws" / name).touch()
    run(place, "galaxy", "collection", "build", "aws")
    version = yaml.safe_load((SOURCE / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    return place / f"slipway-aws-{version}.tar.gz"


def test_everything_of_it_is_built_and_nothing_else(tarball: Path) -> None:
    with tarfile.open(tarball) as built:
        names = {one.name for one in built if one.isfile()}
    files = {
        str(path.relative_to(tarball.parent / "aws")) for path in (tarball.parent / "aws").rglob("*") if path.is_file()
    }
    assert names == files - {*LEFT, "galaxy.yml"} | {"MANIFEST.json", "FILES.json"}


def test_its_plugins_are_found_where_it_is_installed(tarball: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    run(tmp_path, "galaxy", "collection", "install", str(tarball), "--offline", "-p", str(there))
    told = run(tmp_path, "doc", "--json", "-t", "filter", FILTER, ANSIBLE_COLLECTIONS_PATH=str(there))
    assert json.loads(told)[FILTER]["doc"]["filename"].startswith(str(there))
