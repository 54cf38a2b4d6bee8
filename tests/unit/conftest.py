"""What all unit tests share."""

from hypothesis import HealthCheck, settings

# How fast an example is made says something of the machine, and nothing of what is tested.
settings.register_profile("slipway", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("slipway")
