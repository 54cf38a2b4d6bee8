"""What monitors and subscriptions of Cost Anomaly Detection have in common."""

from __future__ import annotations

from ..adapter import Adapter, tag_dict

UNKNOWN = ("UnknownMonitorException", "UnknownSubscriptionException")


class AnomalyAdapter(Adapter):
    """Reads and tags as Cost Explorer does."""

    service = "ce"

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of a monitor or a subscription."""
        return tag_dict(self.cloud.read("ce", "list_tags_for_resource", ResourceArn=arn)["ResourceTags"])
