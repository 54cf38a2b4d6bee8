"""Where to look after a rehearsal: its dashboards, drawn, and what else tells what happened."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rehearsal import cli
from rehearsal.pictures.data import Span
from rehearsal.pictures.page import draw, excerpt

ROOT = Path(__file__).parents[1]
Client = Callable[[str], Any]
#: What shows a release: of the service's dashboard.
OF_A_RELEASE = ("Share of the candidate, per cent", "Requests a minute, and releases", "Failed requests, per cent")


def draw_pictures(client: Client, environment: str, since: float, picture: Path | None = None) -> list[Path]:
    """Draw an environment's dashboards.

    Args:
        client: returns a boto3 client of a service.
        environment: its name.
        since: a moment of the cloud's time, with which the pictures begin.
        picture: where what shows a release goes beside; ``None`` for nowhere.
    """
    now, cloudwatch = float(cli.order("status")["now"]), client("cloudwatch")
    listed = cloudwatch.list_dashboards(DashboardNamePrefix=f"slipway-{environment}")["DashboardEntries"]
    names, span, place = [one["DashboardName"] for one in listed], Span(since, now), ROOT / "reports" / "demo"
    drawn = [draw(cloudwatch, name, span, place / f"{name}.svg") for name in names]
    service = f"slipway-{environment}-web"
    wanted = [place / f"{service}-releases.svg", *([picture] if picture else [])]
    return drawn + [excerpt(cloudwatch, service, OF_A_RELEASE, span, path) for path in wanted if service in names]


def where_to_look(client: Client, environment: str, pictures: list[Path]) -> list[str]:
    """Return a line for each place."""
    name = f"slipway-{environment}"
    alarms = client("cloudwatch").describe_alarms(AlarmNamePrefix=name, AlarmTypes=["CompositeAlarm"])
    queries = client("logs").describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    ringing = [one["AlarmName"] for one in alarms["CompositeAlarms"] if one["StateValue"] == "ALARM"]
    places = {
        **{
            f"picture of {path.stem}": str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
            for path in pictures
        },
        "reports of the releases": f"reports/releases/{environment}/",
        "alarms that ring": ", ".join(ringing) or "none",
        "saved queries": ", ".join(one["name"] for one in queries),
        "traces": _traces(client),
    }
    width = max(map(len, places))
    return [f"  {what:<{width}}  {where}" for what, where in places.items()]


def _traces(client: Client) -> str:
    times = {"StartTime": time.time() - 3600, "EndTime": float(cli.order("status")["now"]) + 3600}
    found = client("xray").get_trace_summaries(**times)["TraceSummaries"]
    failed = [one["Id"] for one in found if one["HasFault"]]
    return f"{len(found)}, of which {len(failed)} failed" + (f", such as {failed[-1]}" if failed else "")
