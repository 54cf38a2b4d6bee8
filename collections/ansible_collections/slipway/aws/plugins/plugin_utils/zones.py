"""Which availability zones an account has, and in which of them an environment may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: Zones in which API Gateway makes no VPC links.
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html
WITHOUT_LINKS = ("ape1-az1", "use1-az3", "usw1-az2")


def zone_problem(names: Sequence[str], listed: Sequence[Mapping[str, Any]], *, links: bool) -> str:
    """Return why a network cannot lie in zones, and what to set; nothing when it can.

    Args:
        names: of the zones, which differ by account.
        listed: zones as EC2 describes them, e.g. local ones among them.
        links: whether API Gateway reaches the network by a VPC link.
    """
    zones = {one["ZoneName"]: one["ZoneId"] for one in listed if one.get("ZoneType") == "availability-zone"}
    usable = sorted(name for name, number in zones.items() if not (links and number in WITHOUT_LINKS))
    missing = [name for name in names if name not in zones]
    closed = [f"{name} ({zones[name]})" for name in names if name in zones and name not in usable]
    why = [f"this account has no zone {', '.join(missing)}"] if missing else []
    why += [f"API Gateway reaches nothing in {', '.join(closed)}"] if closed else []
    if not why:
        return ""
    chosen = [*(name for name in names if name in usable), *(name for name in usable if name not in names)]
    told = f"there are {', '.join(usable)}; set network_zones, e.g. to [{', '.join(chosen[: len(names)])}]"
    return f"{' and '.join(why)}: {told}"
