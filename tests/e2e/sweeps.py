"""Lets `make soak` leave out what has passed at this revision, and write down what ran: a pytest plugin."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bench import sweeps
from bench.revision import revision

MARK = "soak"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has passed at this revision."""
    if config.option.markexpr != MARK:
        return
    found, now = sweeps.swept(), revision()
    done = [item for item in items if item.get_closest_marker(MARK) and not sweeps.is_left(item.nodeid, found, now)]
    config.hook.pytest_deselected(items=done)
    items[:] = [item for item in items if item not in done]


class Noting:
    """Notes every sweep's end; in the process that the workers report to."""

    def __init__(self) -> None:
        self.revision = revision()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that was called, or whose setup failed."""
        if MARK not in report.keywords or (report.when != "call" and not report.failed):
            return
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        told = {
            "revision": self.revision,
            "date": today,
            "seconds": round(report.duration),
            "outcome": report.outcome,
        }
        sweeps.note(report.nodeid, told)


def pytest_configure(config: pytest.Config) -> None:
    """Note sweeps where a whole sweep was asked for."""
    if config.option.markexpr == MARK and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Noting())
