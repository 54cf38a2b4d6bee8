"""Run all tests in two lanes side by side: releases are judged by their load, and the rest takes what they leave idle.

The end-to-end tests keep one of two cores busy: they wait for bake times and health checks. The other lane yields
whenever they need a core. A target that fails ends its lane, and the other lane goes on: one run tells all.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

LANES = {("e2e",): 0, ("lint", "molecule", "unit"): 19}
_ONE_WRITES = threading.Lock()


@dataclass(frozen=True)
class Result:
    """How a target of the Makefile ended."""

    target: str
    code: int
    seconds: float


def run(target: str, niceness: int) -> Result:
    """Make a target, and show each of its lines with its name in front."""
    began = time.monotonic()
    command = ["nice", "-n", str(niceness), "make", "--no-print-directory", target]
    at_once = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=at_once, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as made:
        for line in made.stdout or ():
            with _ONE_WRITES:
                sys.stdout.write(f"{target:8} | {line}")
                sys.stdout.flush()
    return Result(target, made.returncode, time.monotonic() - began)


def run_lane(targets: tuple[str, ...], niceness: int) -> list[Result]:
    """Make targets one after the other, up to the first that fails."""
    results: list[Result] = []
    for target in targets:
        if not results or results[-1].code == 0:
            results.append(run(target, niceness))
    return results


def main() -> int:
    """Run the lanes, tell how each target ended, and return 1 when one failed or did not run."""
    with ThreadPoolExecutor(len(LANES)) as pool:
        ended = [result for lane in pool.map(run_lane, LANES, LANES.values()) for result in lane]
    for result in ended:
        sys.stdout.write(f"{'failed' if result.code else 'ok':7} {result.target:9} {result.seconds / 60:5.1f} min\n")
    missing = {target for lane in LANES for target in lane} - {result.target for result in ended}
    for target in sorted(missing):
        sys.stdout.write(f"not run {target}\n")
    return int(bool(missing) or any(result.code for result in ended))


if __name__ == "__main__":
    sys.exit(main())
