from types import SimpleNamespace

import pytest

from rehearsal.metrics import collecting_certificates
from rehearsal.metrics.kept import moment

DAY = 86400.0


@pytest.mark.parametrize(("status", "told"), [("ISSUED", [90.0]), ("PENDING_VALIDATION", [])])
def test_days_that_are_left(monkeypatch, status, told):
    bundle = SimpleNamespace(status=status, _cert=SimpleNamespace(not_valid_after_utc=moment(100.5 * DAY)))
    backend = SimpleNamespace(_certificates={"arn": bundle})
    monkeypatch.setattr(collecting_certificates, "regions_of", lambda _world, _service: [("eu-west-1", backend)])
    world = SimpleNamespace(clock=SimpleNamespace(now=lambda: 10 * DAY))
    assert [value for _, value, _ in collecting_certificates.certificates(world)] == told
