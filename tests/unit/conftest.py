"""What all unit tests share."""

import os
from pathlib import Path

# Before moto is imported: it would make a thousand machine images for every cloud.
os.environ.setdefault("MOTO_AMIS_PATH", str(Path(__file__).parents[2] / "rehearsal" / "no_images.json"))

from hypothesis import HealthCheck, settings

# How fast an example is made says something of the machine, and nothing of what is tested.
settings.register_profile("slipway", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("slipway")
