"""Regions that there are: a call that is signed for another one is refused, as its signature never fits."""

from __future__ import annotations

from functools import cache

from botocore.loaders import create_loader

from rehearsal.control.overlay import Refused
from rehearsal.control.wire import Wire

FORBIDDEN = 403


@cache
def known() -> frozenset[str]:
    """Return the regions of all partitions."""
    partitions = create_loader().load_data("endpoints")["partitions"]
    return frozenset(region for partition in partitions for region in partition["regions"])


def check_region(wire: Wire) -> None:
    """Refuse a call that was signed for a region that there is not.

    Raises:
        Refused: as AWS refuses it, whose code depends on the protocol.
    """
    if wire.region not in known():
        code = "InvalidSignatureException" if "json" in wire.protocol else "SignatureDoesNotMatch"
        raise Refused(code, f"Credential should be scoped to a valid region, not '{wire.region}'.", FORBIDDEN)
