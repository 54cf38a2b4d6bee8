"""What the policies of a VPC's endpoints let pass of a task's requests to AWS.

https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

from rehearsal.authorization.evaluation import permitted, principals
from rehearsal.control.policies import statements
from rehearsal.tasks import network
from rehearsal.world import World

#: Where ECR keeps the layers of images, and as whom it signs their URLs: an account of AWS's own.
LAYERS = "prod-{region}-starport-layer-bucket"
_ECR = "ecr"


def lets(world: World, interface: network.Interface, action: str, resource: str, role: str) -> bool:
    """Say whether a role's request passes the endpoint that it goes through."""
    service = action.partition(":")[0]
    if service == "ecr":
        service = "ecr.api" if action == "ecr:GetAuthorizationToken" else "ecr.dkr"
    owner = resource.split(":")[4] if resource.startswith("arn:") else world.account
    context = {"aws:PrincipalAccount": world.account, "aws:PrincipalArn": role, "aws:ResourceAccount": owner}
    return _passes(world, interface, service, (action, resource), (principals(world.account, role), context))


def lets_layers(world: World, interface: network.Interface) -> bool:
    """Say whether the layers of images of the region pass: ECR has signed their URLs, so the role does not count."""
    bucket = LAYERS.format(region=interface.region)
    context = {"aws:PrincipalAccount": _ECR, "aws:ResourceAccount": _ECR}
    asked = ("s3:GetObject", f"arn:aws:s3:::{bucket}/layer")
    return _passes(world, interface, "s3", asked, (principals(_ECR), context))


def _passes(
    world: World,
    interface: network.Interface,
    service: str,
    asked: tuple[str, str],
    who: tuple[frozenset[str], dict[str, str]],
) -> bool:
    found = network.endpoint(world, interface, service)
    context = {key: (value,) for key, value in who[1].items()}
    return found is None or permitted(statements(found.policy_document), who[0], *asked, context)
