"""Scalers with one interface: what is seen of the minutes so far gives the number of tasks wanted."""

from __future__ import annotations

from .common import Scaler, Seen
from .perfect import Perfect
from .slipway import ByCpu, ByRequests
from .tracking import Tracking

__all__ = ["ByCpu", "ByRequests", "Perfect", "Scaler", "Seen", "Tracking"]
