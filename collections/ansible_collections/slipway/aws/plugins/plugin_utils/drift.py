"""What differs between Git and the account: findings of tasks in check mode, versions, and a report of both."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .outcome import Outcome

#: Characters of a value that a table shows.
SHOWN = 60
SAME = "same"
#: How the text of a value begins that nobody knows yet.
UNKNOWN = "(known after apply"


def write_findings(outcomes: Iterable[Outcome], directory: str, host: str) -> None:
    """Keep what one task would change, for the report at the end of the run; tasks run in processes of their own."""
    told = [outcome for outcome in outcomes if outcome.changed or outcome.kept]
    found = [{**outcome.as_result(), "host": outcome.resource.host or host} for outcome in told]
    if found:
        Path(directory).mkdir(parents=True, exist_ok=True)
        (Path(directory) / f"{uuid.uuid4().hex}.json").write_text(json.dumps(found, default=str), encoding="utf-8")


def read_findings(directory: Path) -> list[dict[str, Any]]:
    """Return what all tasks kept, in order, and forget it."""
    found: list[dict[str, Any]] = []
    for path in sorted(directory.glob("*.json")):
        found += json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
    return sorted(found, key=lambda one: (one["host"], one["type"], one["name"]))


def planned_outputs(directory: str, path: str) -> dict[str, Any]:
    """Return what earlier tasks of a plan would publish under a path, by ``component/name``; unknown values not."""
    listed = [json.loads(file.read_text(encoding="utf-8")) for file in Path(directory).glob("*.json")]
    after = [one["after"] for found in listed for one in found if one["type"] == "ssm_parameter" and one.get("after")]
    named = [one for one in after if "Value" in one and "Name" in one and UNKNOWN not in json.dumps(one["Value"])]
    return {one["Name"].removeprefix(f"{path}/"): one["Value"] for one in named}


def version_findings(
    wanted: Mapping[str, Mapping[str, Any]],
    records: Mapping[str, Mapping[str, Any]],
    last: Mapping[str, Mapping[str, Any]],
) -> list[dict[str, str]]:
    """Return for each service which version Git wants, which runs, and why they differ.

    Args:
        wanted: tag or digest by service, as in releases.yml.
        records: of the stable version, by service.
        last: the journal of the last release, by service.
    """
    return [
        {
            "service": name,
            "wanted": _text(version),
            "runs": _text(records.get(name, {})),
            **_why(version, name, records, last),
        }
        for name, version in sorted(wanted.items())
    ]


def _why(version: Mapping[str, Any], name: str, records: Mapping[str, Any], last: Mapping[str, Any]) -> dict[str, str]:
    runs, entry = records.get(name), last.get(name, {})
    if not runs:
        return {"state": "never released; site.yml releases it first"}
    if _is(version, runs):
        return {"state": SAME}
    if entry.get("status") == "rolled back" and _is(version, entry["to"]):
        return {"state": f"rolled back: {entry['reason']}. Change releases.yml, or release it again with -e retry=true"}
    return {"state": "not released yet, or gone back by hand: run release.yml, or record_releases.yml -e write=true"}


def _is(wanted: Mapping[str, Any], version: Mapping[str, Any]) -> bool:
    key = "digest" if wanted.get("digest") else "image_tag"
    return bool(wanted.get(key)) and str(wanted[key]) == str(version.get(key))


def _text(version: Mapping[str, Any]) -> str:
    return str(version.get("image_tag") or version.get("digest", "")[:19] or "nothing")


def summary(
    environment: str, resources: list[dict[str, Any]], versions: list[dict[str, str]], removed: Sequence[str] = ()
) -> str:
    """Return one sentence about what was found."""
    others = [one["service"] for one in versions if one["state"] != SAME]
    if not resources and not others and not removed:
        return f"{environment} is what Git says"
    told = [f"{len(resources)} resources differ from Git"] if resources else []
    told += [f"{', '.join(others)} runs another version than Git wants"] if others else []
    return f"{environment}: {'; '.join([*told, *removed])}"


def markdown(
    environment: str, resources: list[dict[str, Any]], versions: list[dict[str, str]], removed: Sequence[str] = ()
) -> str:
    """Return the report for people."""
    lines = [f"# Drift of {environment}", "", summary(environment, resources, versions, removed) + ".", ""]
    if resources:
        lines += ["| component | resource | would be | differs in |", "| --- | --- | --- | --- |"]
        lines += [row(one["host"], f"`{one['type']}.{one['name']}`", one["action"], _fields(one)) for one in resources]
        lines += [""]
    lines += ["| service | Git wants | runs | |", "| --- | --- | --- | --- |"]
    lines += [row(one["service"], one["wanted"], one["runs"], one["state"]) for one in versions]
    return "\n".join([*lines, ""])


def row(*cells: str) -> str:
    """Return a row of a table in Markdown."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _fields(finding: Mapping[str, Any]) -> str:
    before, after = finding.get("before", {}), finding.get("after", {})
    pairs = ((name, short(before.get(name)), short(after.get(name))) for name in {**before, **after})
    return "; ".join(f"{name}: {old} -> {new}" for name, old, new in pairs) if finding["action"] == "updated" else ""


def short(value: Any) -> str:
    """Return a value as a table shows it."""
    text = json.dumps(value, default=str)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
