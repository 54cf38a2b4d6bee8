"""The inventory that describes an environment which stood before."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from ..resource import ConvergeError
from .holdings import cluster, database, load_balancer, zone
from .network import network
from .part import Part, joined
from .services import Services, services
from .survey import Survey

#: Components by stage, as in every inventory.
STAGES = {
    "foundation": ["state", "keys", "dns"],
    "base": ["network", "registry", "log_storage", "notifications", "secrets", "cluster", "certificate"],
    "core": ["database", "load_balancer"],
    "access": ["database_access"],
    "observability": ["alarms", "dashboards", "budget", "backup"],
}
#: What is not taken in, because it acts on what stands as soon as it is made.
LATER = {
    "firewall": "judges every request to the load balancer, and blocks some; add the host under access when its"
    " rules have been tried with firewall_count",
    "guardrails": "closes every bucket of the account to the public and watches all of it; add the host under"
    " observability when that suits the rest of the account",
}
NEEDS_DATABASE = ("database", "database_access", "alarms", "dashboards", "backup")


@dataclass
class Described:
    """An environment in Slipway's words.

    Attributes:
        name: of the inventory.
        stages: components by stage; services: what runs in it.
        part: variables, pins, what is left outside.
    """

    name: str
    stages: dict[str, list[str]]
    services: Services
    part: Part


def describe(found: Survey, name: str, domain: str, taken: Container[str]) -> Described:
    """Return what an inventory has to say.

    Args:
        found: what there is.
        name: of the new environment.
        domain: the zone's; empty to take the one that is there.
        taken: names that services may not have.

    Raises:
        ConvergeError: it cannot be described; the message says what to do.
    """
    parts = [network(found), database(found), load_balancer(found), cluster(found), zone(found, domain)]
    domain = parts[-1].variables["dns_zone_name"]
    if not domain:
        raise ConvergeError(
            "no public zone is among what was given; give -e adopt_domain=shop.example.com, the environment's domain"
        )
    run = services(found, domain, taken)
    whole = joined([*parts, run.part])
    _leave_rest(found, whole)
    first = {"env_name": name, "aws_region": found.region, "autoscaling_enabled": False}
    whole.variables = {**first, **whole.variables}
    return Described(name, _stages(whole), run, whole)


def _leave_rest(found: Survey, whole: Part) -> None:
    for what in found.missing:
        whole.leave(what, "is claimed and not there; the state is older than the account")
    for kind, number in found.others.items():
        whole.leave(f"{number} of {kind}", "Slipway does not know it; it stays where it is made now")
    for component, why in LATER.items():
        whole.leave(f"component {component}", why)


def _stages(whole: Part) -> dict[str, list[str]]:
    """Return the components; what needs a database only with one, and its users only where RDS knows the password."""
    out = set() if "database" in whole.pins else set(NEEDS_DATABASE)
    if not whole.variables.get("database_manage_master_password"):
        out.add("database_access")
    for component in sorted(out):
        whole.leave(f"component {component}", _why_out("database" in whole.pins))
    return {stage: [one for one in components if one not in out] for stage, components in STAGES.items()}


def _why_out(has_database: bool) -> str:  # noqa: FBT001  one of two sentences
    if has_database:
        return (
            "needs the administrator's password in a secret of RDS: set database_manage_master_password, which changes"
            " the password, then add the host under access"
        )
    return "needs a PostgreSQL database; without one there is nothing for it to do"
