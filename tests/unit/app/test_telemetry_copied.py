"""What is copied into another service works there under another name."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_telemetry_is_copied_as_it_is(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "app" / "telemetry", tmp_path / "shop" / "telemetry")
    modules = [one.stem for one in (tmp_path / "shop" / "telemetry").glob("[a-z]*.py")]
    code = "\n".join(f"import shop.telemetry.{name}" for name in modules)
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
