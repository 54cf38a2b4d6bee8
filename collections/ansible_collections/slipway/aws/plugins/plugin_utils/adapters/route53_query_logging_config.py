"""Query logging of hosted zones: one a zone, to a log group in us-east-1."""

from __future__ import annotations

from collections.abc import Sequence

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State
from ._route53 import zone_id

#: CloudWatch Logs' own ending of a group's ARN that stands for its streams; AWS takes ARNs with and without it.
STREAMS = ":*"


class Route53QueryLoggingConfig(Adapter):
    """Where a zone's queries are logged. Route 53 cannot change it, so it is replaced."""

    service = "route53"
    create_operation = "CreateQueryLoggingConfig"
    required = ("HostedZoneId", "CloudWatchLogsLogGroupArn")
    identity = ("HostedZoneId",)
    immutable = ("CloudWatchLogsLogGroupArn",)
    replaceable = True
    taggable = False

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List once and match by zone."""
        listed = self.cloud.pages("route53", "list_query_logging_configs", "QueryLoggingConfigs")
        configs = {zone_id(config["HostedZoneId"]): _state(config) for config in listed}
        wanted = {resource.name: zone_id(resource.properties["HostedZoneId"]) for resource in resources}
        return {name: configs[zone] for name, zone in wanted.items() if zone in configs}

    def create(self, resource: Resource) -> None:
        """Switch logging on."""
        zone, group = resource.properties["HostedZoneId"], resource.properties["CloudWatchLogsLogGroupArn"]
        self.write("create_query_logging_config", HostedZoneId=zone, CloudWatchLogsLogGroupArn=f"{group}{STREAMS}")

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Replace it; the engine has the only other property replaced already."""
        del changes
        self.delete(resource, state)
        self.create(resource)

    def delete(self, resource: Resource, state: State) -> None:
        """Switch logging off."""
        del resource
        self.write_unless("delete_query_logging_config", ["NoSuchQueryLoggingConfig"], Id=state["Id"])


def _state(config: State) -> State:
    group = config["CloudWatchLogsLogGroupArn"].removesuffix(STREAMS)
    return {**config, "HostedZoneId": zone_id(config["HostedZoneId"]), "CloudWatchLogsLogGroupArn": group}


ADAPTER = Route53QueryLoggingConfig
