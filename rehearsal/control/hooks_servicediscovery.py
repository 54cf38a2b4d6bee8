"""Cloud Map: lists by namespace, keeps what is in use, and takes a namespace's hosted zone with it."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before, operation


@after("servicediscovery", "CreatePrivateDnsNamespace", "CreatePublicDnsNamespace")
def zone(call: Call, response: dict[str, Any]) -> None:
    """Give the hosted zone the namespace's own name, and tell its id as Cloud Map does; moto adds to both."""
    del response
    for one in call.backend().namespaces.values():
        if one.name == call.params["Name"]:
            number = one.dns_properties["HostedZoneId"] = one.dns_properties["HostedZoneId"].rpartition("/")[2]
            call.backend("route53").zones[number].name = f"{one.name}."


@before("servicediscovery", "DeleteService")
def service(call: Call) -> None:
    """Refuse a service with instances."""
    found = call.backend().services.get(call.params["Id"])
    if found is not None and found.instances:
        raise Refused("ResourceInUse", "Service contains registered instances; delete the instances before it")


@before("servicediscovery", "DeleteNamespace")
def namespace(call: Call) -> None:
    """Refuse a namespace with services; else remove the zone that moto would leave."""
    backend, number = call.backend(), call.params["Id"]
    if any(one.namespace_id == number for one in backend.services.values()):
        raise Refused("ResourceInUse", "Namespace has associated services; delete the services before it")
    found = backend.namespaces.get(number)
    if found is not None:
        call.backend("route53").zones.pop(found.dns_properties.get("HostedZoneId"), None)


@operation("servicediscovery", "UpdateHttpNamespace")
def http_namespace(call: Call) -> dict[str, Any]:
    """Change a namespace; moto gives the operation's id under another name."""
    number = call.backend().update_http_namespace(call.params["Id"], call.params["Namespace"])
    return {"OperationId": number}


@operation("servicediscovery", "ListServices")
def services(call: Call) -> dict[str, Any]:
    """List services as the filters say, of which moto takes no notice."""
    found = [one.to_json() for one in call.backend().services.values()]
    for chosen in call.params.get("Filters", []):
        if chosen["Name"] == "NAMESPACE_ID":
            found = [one for one in found if one["NamespaceId"] in chosen["Values"]]
    return {"Services": found}
