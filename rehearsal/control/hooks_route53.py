"""Route 53: asterisks as it shows them."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, after


@after("route53", "ListResourceRecordSets")
def escape(call: Call, response: dict[str, Any]) -> None:
    """Show an asterisk as its octal code."""
    del call
    for record in response["ResourceRecordSets"]:
        record["Name"] = record["Name"].replace("*", "\\052")
