"""Filters of the role verify: checks as reports."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable
from typing import Any


def junit(checks: list[dict[str, Any]]) -> str:
    """Return checks as a JUnit XML report, one test suite a service or part of the platform.

    Args:
        checks: each with ``suite``, ``name``, ``problem`` (empty when it holds) and ``seconds``.
    """
    suites: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for check in checks:
        suites[check["suite"]].append(check)
    root = ET.Element("testsuites", _counts(checks))
    for name, members in suites.items():
        suite = ET.SubElement(root, "testsuite", {"name": name, **_counts(members)})
        for check in members:
            case = {"classname": name, "name": check["name"], "time": f"{check['seconds']:.3f}"}
            entry = ET.SubElement(suite, "testcase", case)
            if check["problem"]:
                ET.SubElement(entry, "failure", {"message": check["problem"]})
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _counts(checks: list[dict[str, Any]]) -> dict[str, str]:
    failed = sum(1 for check in checks if check["problem"])
    seconds = sum(check["seconds"] for check in checks)
    return {"tests": str(len(checks)), "failures": str(failed), "errors": "0", "time": f"{seconds:.3f}"}


def verification_lines(services: dict[str, dict[str, Any]], checks: int) -> list[str]:
    """Return what a verification that found nothing wrong has to say, a line a service.

    Args:
        services: ``requests``, ``failures``, ``p50_ms`` and ``p95_ms`` by service.
        checks: how many checks held.
    """
    return [f"{checks} checks hold", *(_line(name, found) for name, found in sorted(services.items()))]


def _line(name: str, found: dict[str, Any]) -> str:
    if not found["requests"]:
        return f"{name}: declares no requests of its own"
    times = f"p50 {found['p50_ms']} ms, p95 {found['p95_ms']} ms"
    return f"{name}: {found['requests']} requests, {found['failures']} failures, {times}"


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"junit": junit, "verification_lines": verification_lines}
