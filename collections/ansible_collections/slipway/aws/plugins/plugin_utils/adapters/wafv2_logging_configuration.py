"""Where a web ACL logs requests: one a web ACL."""

from __future__ import annotations

from ..adapter import Adapter
from ..compare import Changes
from ..resource import Resource, State
from ._wafv2 import GONE, write_patiently


class Wafv2LoggingConfiguration(Adapter):
    """A logging configuration, whose fields stand in a structure in AWS's call and here by themselves."""

    service = "wafv2"
    create_operation = "PutLoggingConfiguration"
    more_properties = ("ResourceArn", "LogDestinationConfigs", "RedactedFields", "LoggingFilter")
    required = ("ResourceArn", "LogDestinationConfigs")
    identity = ("ResourceArn",)
    unordered = ("RedactedFields",)
    exact = ("RedactedFields", "LoggingFilter")
    taggable = False

    def find_one(self, resource: Resource) -> State | None:
        """Read it by its web ACL."""
        arn = resource.properties["ResourceArn"]
        answer = self.read_or_none("get_logging_configuration", [GONE], ResourceArn=arn)
        return {"RedactedFields": [], **answer["LoggingConfiguration"]} if answer else None

    def create(self, resource: Resource) -> None:
        """Put it whole."""
        write_patiently(self, "put_logging_configuration", LoggingConfiguration=resource.properties)

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put it as declared, whole."""
        del state, changes
        self.create(resource)

    def delete(self, resource: Resource, state: State) -> None:
        """Stop logging."""
        del resource
        self.write_unless("delete_logging_configuration", [GONE], ResourceArn=state["ResourceArn"])


ADAPTER = Wafv2LoggingConfiguration
