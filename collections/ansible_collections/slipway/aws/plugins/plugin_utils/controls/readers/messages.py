"""What tells people and what runs by itself (SNS, Step Functions)."""

from __future__ import annotations

import json

from ...cloud import Cloud
from ._found import Found, Outputs, by_name


def topic(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the topic's attributes."""
    arn = outputs["notifications/topic_arn"]
    found = cloud.read("sns", "get_topic_attributes", TopicArn=arn)["Attributes"]
    yield arn.rsplit(":", 1)[-1], {**found, "Policy": json.loads(found["Policy"])}


def state_machine(cloud: Cloud, outputs: Outputs) -> Found:
    """Yield the environment's state machines: the dead man's switch and the night."""
    prefix = f"{outputs['name_prefix']}-"
    for one in cloud.pages("stepfunctions", "list_state_machines", "stateMachines"):
        if one["name"].startswith(prefix):
            yield (
                one["name"],
                cloud.read("stepfunctions", "describe_state_machine", stateMachineArn=one["stateMachineArn"]),
            )


MESSAGES = by_name(topic, state_machine)
