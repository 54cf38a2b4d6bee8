"""Cloud Map namespaces whose names a VPC's DNS answers for."""

from __future__ import annotations

from ..resource import Resource, State
from ._servicediscovery import NamespaceAdapter


class ServicediscoveryPrivateDnsNamespace(NamespaceAdapter):
    """A namespace, found by its name. AWS does not tell its VPC, which is taken to be the one it is declared in."""

    create_operation = "CreatePrivateDnsNamespace"
    required = ("Name", "Vpc")
    kind = "DNS_PRIVATE"
    ending = "private_dns_namespace"

    def state(self, item: State, resource: Resource) -> State:
        """Return what AWS tells of a namespace as a state, with the VPC it is declared in."""
        return {**super().state(item, resource), "Vpc": resource.properties["Vpc"]}


ADAPTER = ServicediscoveryPrivateDnsNamespace
