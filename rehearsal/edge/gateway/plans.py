"""What usage plans let a key do: how often, and how much in a day, a week or a month.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rehearsal.clock import Clock
from rehearsal.edge.gateway.throttle import Throttle

TOO_OFTEN, TOO_MUCH = "Too Many Requests", "Limit Exceeded"
PERIODS = {"DAY": "%Y-%m-%d", "WEEK": "%G-W%V", "MONTH": "%Y-%m"}


class Usage:
    """What keys have used.

    Args:
        clock: virtual time.
        throttle: the buckets of all keys.
    """

    def __init__(self, clock: Clock, throttle: Throttle) -> None:
        self.clock = clock
        self.throttle = throttle
        self._used: Counter[tuple[str, str, str]] = Counter()

    def refusal(self, plan: Mapping[str, Any], key: str) -> str:
        """Return why a key may not call once more, empty when it may; that call then counts."""
        limits = {
            name: plan["throttle"][own]
            for name, own in (("ThrottlingRateLimit", "rateLimit"), ("ThrottlingBurstLimit", "burstLimit"))
            if own in plan["throttle"]
        }
        if not self.throttle.takes((plan["id"], key), limits):
            return TOO_OFTEN
        quota = plan["quota"]
        if quota:
            period = datetime.fromtimestamp(self.clock.now(), UTC).strftime(PERIODS[quota["period"]])
            if self._used[plan["id"], key, period] >= quota["limit"]:
                return TOO_MUCH
            self._used[plan["id"], key, period] += 1
        return ""
