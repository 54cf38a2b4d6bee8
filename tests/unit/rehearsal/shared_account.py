"""moto keeps one account a process, which all tests of the process share."""

from rehearsal.control.quotas import RAISED


def raise_quotas(world):
    """Raise the quotas that many tests would exceed together, as one may at AWS."""
    quotas = world.kept(RAISED)
    quotas.update(dict.fromkeys(("vpcs", "addresses", "gateways", "balancers", "databases"), 1000))
    return quotas
