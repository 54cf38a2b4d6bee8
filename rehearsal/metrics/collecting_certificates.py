"""How long certificates last, as ACM tells CloudWatch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from rehearsal.metrics.collecting import Sample, regions_of
from rehearsal.metrics.kept import moment
from rehearsal.metrics.store import Metric
from rehearsal.world import World


def certificates(world: World) -> Iterator[Sample]:
    """Yield the days that are left of each issued certificate."""
    now = moment(world.clock.now())
    for region, backend in regions_of(world, "acm"):
        for arn, bundle in list(backend._certificates.items()):  # noqa: SLF001  moto offers no other way
            if bundle.status == "ISSUED":
                left = bundle._cert.not_valid_after_utc - now  # noqa: SLF001
                metric = Metric(region, "AWS/CertificateManager", "DaysToExpiry", (("CertificateArn", arn),))
                yield metric, float(left // timedelta(days=1)), "Count"
