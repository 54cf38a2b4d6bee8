"""What RunTask is asked for."""

from __future__ import annotations

from typing import Any

from .cloud import Cloud
from .outputs import Outputs
from .references import BUILT_IN, Reference, references, resolve
from .resource import ConvergeError


def task_request(options: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of RunTask for the options of ``slipway.aws.run_task``, references unresolved."""
    subnets = options["subnets"]
    network = {
        "subnets": subnets[0] if len(subnets) == 1 else subnets,  # one entry may refer to a whole list
        "securityGroups": options["security_groups"],
        "assignPublicIp": "ENABLED" if options["assign_public_ip"] else "DISABLED",
    }
    return {
        "cluster": options["cluster"],
        "taskDefinition": options["task_definition"],
        "startedBy": options["token"],
        "overrides": options["overrides"],
        "capacityProviderStrategy": [{"capacityProvider": options["capacity_provider"]}],
        "networkConfiguration": {"awsvpcConfiguration": network},
    }


def resolved_request(request: dict[str, Any], cloud: Cloud, path: str, *, check: bool) -> dict[str, Any]:
    """Return a request with outputs and facts of the account in place of references.

    Args:
        request: what :func:`task_request` returned.
        cloud: the account and region.
        path: of the outputs.
        check: an output that is not published yet is unknown.

    Raises:
        ConvergeError: it refers to a resource, or an output is not published.
    """
    foreign = sorted(str(item) for item in references(request) if item.type not in BUILT_IN)
    if foreign:
        raise ConvergeError(f"run_task knows no resources: {foreign[0]}; refer to outputs, ${{output.component.name}}")
    outputs = Outputs(cloud, path)
    outputs.expect(references(request))

    def lookup(reference: Reference) -> Any:
        if reference.type == "cloud":
            return cloud.identity()[reference.attribute]
        return outputs.value(reference, check=check)

    resolved: dict[str, Any] = resolve(request, lookup)
    network = resolved["networkConfiguration"]["awsvpcConfiguration"]
    if isinstance(network["subnets"], str):
        network["subnets"] = [network["subnets"]]
    return resolved
