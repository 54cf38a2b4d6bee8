"""Shares the tests out among workers by what they stand up, so that each thing is stood up once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[2]
#: Words of files whose tests share something that one process makes, by what it is called here.
SHARED = {"local_cloud": "cloud", "import ROOT, rendered": "rendered", "import BOUNDARY, rendered": "rendered"}
PACKAGES = {"deployments": "shop"}
IN_PROCESS = "tests/unit/rehearsal/"
#: What takes longest, in the order in which it begins; a long file that began last would be waited for alone.
FIRST = (
    "cloud",
    "test_same_results.py",
    "test_monthly_cost.py",
    "test_playbook.py",
    "test_mistakes.py",
    "test_preflight.py",
    "test_inventory_new.py",
    "test_lifetime.py",
    "rendered",
    "test_deployer.py",
    "test_awx.py",
    "test_migration_of_engines.py",
    "shop",
)


@cache
def share(path: str) -> str:
    """Return the share to which a file belongs, by its path from the root: its own name, or that of what it needs."""
    file = ROOT / path
    text = file.read_text(encoding="utf-8")
    found = [name for word, name in SHARED.items() if word in text]
    return PACKAGES.get(file.parent.name) or (found[0] if found else file.name)


def rank(path: str) -> tuple[bool, int]:
    """Return the place of a file's share in the order in which they begin.

    Local clouds within a test process come last: what they hook into moto stays there.
    """
    name = share(path)
    place = FIRST.index(name) if name in FIRST else len(FIRST)
    return path.startswith(IN_PROCESS) and name != "cloud", place


class ByShare(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Gives a worker that has nothing to do the next share."""

    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid.partition("::")[0])
