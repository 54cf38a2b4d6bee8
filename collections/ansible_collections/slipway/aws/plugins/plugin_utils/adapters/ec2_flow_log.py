"""Flow logs of VPCs, subnets and interfaces."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from ..adapter import tag_dict
from ..cloud import error_code
from ..resource import ConvergeError, Resource, State
from ._ec2 import Ec2Adapter

TYPES = {"vpc": "VPC", "subnet": "Subnet", "eni": "NetworkInterface"}
#: Virtual seconds that a new role may take to be known everywhere.
ROLE_KNOWN_WITHIN = 120


class Ec2FlowLog(Ec2Adapter):
    """A flow log of one resource. AWS changes none of its settings, so a different one replaces it."""

    create_operation = "CreateFlowLogs"
    kind = "vpc-flow-log"
    required = ("ResourceIds", "ResourceType", "TrafficType")
    immutable = (
        "ResourceIds",
        "ResourceType",
        "TrafficType",
        "LogGroupName",
        "LogDestinationType",
        "LogDestination",
        "DeliverLogsPermissionArn",
        "MaxAggregationInterval",
        "LogFormat",
    )
    replaceable = True
    computed = ("FlowLogId",)
    list_operation = ("describe_flow_logs", "FlowLogs", "FlowLogId")
    filter_parameter = "Filter"

    def state(self, item: dict[str, Any]) -> State:
        """Add the logged resource as it is declared."""
        kind = TYPES.get(item["ResourceId"].split("-")[0], "")
        return {**item, "ResourceIds": [item["ResourceId"]], "ResourceType": kind, "Tags": tag_dict(item.get("Tags"))}

    def create(self, resource: Resource) -> None:
        """Create it, waiting for a role that was made a moment ago.

        Raises:
            ConvergeError: AWS refused; this call tells so in its answer instead of with an error.
        """

        def created() -> bool:
            try:
                refused = self.make(resource, **resource.properties).get("Unsuccessful")
            except ClientError as error:
                if error_code(error) == "InvalidParameter" and "assume given IAM role" in str(error):
                    return False
                raise
            if refused:
                raise ConvergeError(f"AWS refused: {refused[0]['Error'].get('Message')}")
            return True

        self.cloud.wait_until(created, "the flow log's role to be known", at_most=ROLE_KNOWN_WITHIN, poll=self.poll)

    def delete(self, resource: Resource, state: State) -> None:
        """Delete it; what was logged stays in its log group."""
        del resource
        answer = self.write_unless_gone(state["FlowLogId"])
        for failed in answer:
            raise ConvergeError(f"{failed['ResourceId']} was not deleted: {failed['Error'].get('Message')}")

    def write_unless_gone(self, log: str) -> list[dict[str, Any]]:
        """Delete a flow log and return why AWS refused, if it did."""
        try:
            answer = self.write("delete_flow_logs", FlowLogIds=[log])
        except ClientError as error:
            if error_code(error) != "InvalidFlowLogId.NotFound":
                raise
            return []
        return [item for item in answer.get("Unsuccessful", []) if "NotFound" not in item["Error"]["Code"]]


ADAPTER = Ec2FlowLog
