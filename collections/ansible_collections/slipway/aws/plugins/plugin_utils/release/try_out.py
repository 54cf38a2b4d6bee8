"""The candidate tried on the test listener, before any user gets it."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..http_smoke import smoke, step
from .spec import Spec

REPEAT, CONCURRENCY, TIMEOUT = 1, 1, 10.0
TOLD = 3


def try_out(spec: Spec) -> str:
    """Send the declared requests to the test listener, or to users' where the engine has none.

    Returns:
        what went wrong, empty when nothing did.
    """
    steps = [step(entry) for entry in spec.smoke]
    if not steps:
        return ""
    url = f"https://{urlsplit(spec.url).hostname}:{spec.test_port}" if spec.test_port else spec.url
    tally = smoke(url, steps, repeat=REPEAT, concurrency=CONCURRENCY, timeout=TIMEOUT)
    return "; ".join(dict.fromkeys(tally.failures[:TOLD]))
