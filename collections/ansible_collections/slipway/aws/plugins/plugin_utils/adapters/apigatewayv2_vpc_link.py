"""VPC links, through which an API reaches a load balancer that the internet does not."""

from __future__ import annotations

from ..resource import ConvergeError, State
from ._apigatewayv2 import Apigatewayv2Adapter

#: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html
USABLE = frozenset({"AVAILABLE", "INACTIVE"})


class Apigatewayv2VpcLink(Apigatewayv2Adapter):
    """A VPC link of the second version, found by its name."""

    create_operation = "CreateVpcLink"
    kind, known_by, id_name = "vpc_link", "Name", "VpcLinkId"
    required = ("Name", "SubnetIds", "SecurityGroupIds")
    identity = ("Name",)
    immutable = ("SubnetIds", "SecurityGroupIds")
    fixed = immutable
    unordered = immutable
    computed = ("VpcLinkId", "Arn")
    taggable = True
    place = "vpclinks/{VpcLinkId}"

    def ready(self, state: State) -> bool:
        """Say whether requests reach through it: one without requests for 60 days is inactive, and they wake it.

        Raises:
            ConvergeError: AWS gave up making it.
        """
        if state["VpcLinkStatus"] == "FAILED":
            raise ConvergeError(
                f"VPC link {state['Name']} has failed: {state.get('VpcLinkStatusMessage', 'AWS does not say why')};"
                " delete it and run again"
            )
        return state["VpcLinkStatus"] in USABLE


ADAPTER = Apigatewayv2VpcLink
