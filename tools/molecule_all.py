"""Run every molecule scenario in one local cloud, a few at a time, and tell one line about each.

Scenarios that need the same stand on one platform, one after the other: the first prepares it, each removes only what
its own role made. Every platform is an environment of its own, so platforms share the cloud without seeing each other.
Those that take longest start first, so that the last to end is a short one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "reports" / "molecule"
#: Seconds after which a scenario counts as hung.
AT_MOST = 300
#: Lines of a failed scenario's log that are shown; the whole log stays in reports/molecule.
SHOWN = 60


@dataclass(frozen=True)
class Result:
    """How a scenario ended."""

    scenario: str
    code: int
    seconds: float
    log: Path


def scenarios() -> list[str]:
    """Return the names of all scenarios."""
    return sorted(path.parent.name for path in (ROOT / "molecule").glob("*/molecule.yml"))


def platforms(names: list[str]) -> list[list[str]]:
    """Return the scenarios in groups that need the same, those that make most first."""
    table = yaml.safe_load((ROOT / "molecule" / "utils" / "prerequisites.yml").read_text(encoding="utf-8"))["needed"]
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        groups.setdefault(tuple(table[name]), []).append(name)
    return [groups[needed] for needed in sorted(groups, key=lambda needed: -(len(needed) + 10) * len(groups[needed]))]


def run_platform(names: list[str]) -> list[Result]:
    """Run scenarios on one platform, up to the first that fails: what it left behind is not what the next one needs."""
    results: list[Result] = []
    for name in names:
        if not results or results[-1].code == 0:
            results.append(run(name, platform=names[0], standing=bool(results)))
            report(results[-1])
    return results


def run(scenario: str, *, platform: str, standing: bool) -> Result:
    """Run one scenario's whole sequence."""
    log, begun = REPORTS / f"{scenario}.log", time.monotonic()
    settings = {"NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORCE_COLOR": "0"}
    settings |= {"SLIPWAY_MOLECULE_PLATFORM": platform, "SLIPWAY_MOLECULE_STANDING": str(standing)}
    # A state of its own: what molecule remembers of a run in another cloud would have it skip the preparation.
    with tempfile.TemporaryDirectory() as state, log.open("w", encoding="utf-8") as output:
        environment = {**os.environ, **settings, "MOLECULE_EPHEMERAL_DIRECTORY": state}
        try:
            code = subprocess.run(
                ["molecule", "test", "--scenario-name", scenario, "--no-shared-state"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=AT_MOST,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            output.write(f"\nended after {AT_MOST} s without a result\n")
            code = 124
    return Result(scenario, code, time.monotonic() - begun, log)


def report(result: Result) -> None:
    """Tell how a scenario ended, with the end of its log when it failed."""
    print(f"{'ok' if result.code == 0 else 'FAILED':<7} {result.scenario:<18} {result.seconds:6.1f} s", flush=True)
    if result.code:
        print("\n".join(result.log.read_text(encoding="utf-8").splitlines()[-SHOWN:]))
        print(f"whole log: {result.log.relative_to(ROOT)}", flush=True)


def in_cloud(arguments: list[str]) -> int:
    """Run this program again inside a local cloud of its own."""
    inside = [sys.executable, __file__, "--inside", *arguments]
    # Every scenario has a network of its own: more than an account has without asking AWS for them.
    raised = json.dumps(dict.fromkeys(("vpcs", "addresses", "gateways"), 100))
    directory = str(ROOT / ".rehearsal" / "molecule")
    environment = {**os.environ, "SLIPWAY_REHEARSAL_DIR": directory, "SLIPWAY_REHEARSAL_QUOTAS": raised}
    command = [sys.executable, "-m", "rehearsal", "run", "--time-scale", "60", "--", *inside]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main() -> int:
    """Run the scenarios and return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="*", help="default: all")
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--inside", action="store_true", help="a cloud is in the environment already: use it")
    options = parser.parse_args()
    unknown = sorted(set(options.scenario) - set(scenarios()))
    if unknown:
        parser.error(f"no scenario {', '.join(unknown)}; there are: {', '.join(sorted(scenarios()))}")
    if not options.inside:
        return in_cloud(sys.argv[1:])
    REPORTS.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    wanted = options.scenario or scenarios()
    with ThreadPoolExecutor(options.jobs) as pool:
        results = [result for group in pool.map(run_platform, platforms(wanted)) for result in group]
    passed = {result.scenario for result in results if result.code == 0}
    for name in sorted(set(wanted) - {result.scenario for result in results}):
        print(f"not run {name}")
    print(f"{len(passed)} of {len(wanted)} passed, {time.monotonic() - begun:.0f} s in all")
    return int(passed != set(wanted))


if __name__ == "__main__":
    sys.exit(main())
