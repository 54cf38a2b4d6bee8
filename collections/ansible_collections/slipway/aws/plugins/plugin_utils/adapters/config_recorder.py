"""AWS Config: one recorder an account and region, and the channel through which it delivers."""

from __future__ import annotations

from ..compare import Changes
from ..resource import Resource, State
from ._new_roles import once_seen
from ._singleton import Singleton

#: What Config says until it sees the policy of a new bucket.
UNSEEN = ("InsufficientDeliveryPolicyException",)
MISSING = ("NoSuchConfigurationRecorderException", "NoSuchDeliveryChannelException")


class ConfigRecorder(Singleton):
    """The recorder. ``DeliveryChannel`` is where it delivers to, ``Recording`` whether it records."""

    service = "config"
    create_operation = "PutConfigurationRecorder"
    more_properties = ("DeliveryChannel", "Recording")
    required = ("ConfigurationRecorder", "DeliveryChannel")
    taggable = False

    def look(self, resource: Resource) -> State | None:
        """Read recorder, status and channel."""
        del resource
        listed = self.cloud.pages("config", "describe_configuration_recorders", "ConfigurationRecorders")
        recorders = [one for one in listed if not one.get("servicePrincipal")]
        if not recorders:
            return None
        statuses = self.cloud.pages("config", "describe_configuration_recorder_status", "ConfigurationRecordersStatus")
        channels = self.cloud.pages("config", "describe_delivery_channels", "DeliveryChannels")
        return {
            "ConfigurationRecorder": recorders[0],
            "DeliveryChannel": channels[0] if channels else {},
            "Recording": bool(statuses and statuses[0]["recording"]),
        }

    def ours(self, resource: Resource, state: State) -> bool:
        """Tell it by its name."""
        return bool(state["ConfigurationRecorder"]["name"] == resource.properties["ConfigurationRecorder"]["name"])

    def create(self, resource: Resource) -> None:
        """Create the recorder; channel and recording follow as an update."""
        self.write("put_configuration_recorder", ConfigurationRecorder=resource.properties["ConfigurationRecorder"])

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put recorder and channel as declared, then start or stop."""
        if "ConfigurationRecorder" in changes:
            self.create(resource)
        if "DeliveryChannel" in changes:
            self._deliver(resource)
        if "Recording" in changes:
            verb = "start" if changes["Recording"].after else "stop"
            name = state["ConfigurationRecorder"]["name"]
            self.write(f"{verb}_configuration_recorder", ConfigurationRecorderName=name)

    def _deliver(self, resource: Resource) -> None:
        channel = {"DeliveryChannel": resource.properties["DeliveryChannel"]}
        what = f"{resource} waits for the policy of its bucket to be known"
        once_seen(self.cloud, UNSEEN, lambda: self.write("put_delivery_channel", **channel), what)

    def delete(self, resource: Resource, state: State) -> None:
        """Stop, then delete the channel, which a recorder that records holds, and the recorder."""
        del resource
        name = {"ConfigurationRecorderName": state["ConfigurationRecorder"]["name"]}
        self.write_unless("stop_configuration_recorder", MISSING, **name)
        if state["DeliveryChannel"]:
            channel = {"DeliveryChannelName": state["DeliveryChannel"]["name"]}
            self.write_unless("delete_delivery_channel", MISSING, **channel)
        self.write_unless("delete_configuration_recorder", MISSING, **name)


ADAPTER = ConfigRecorder
