"""The listener rule of a service with two target groups: who gets which share of its requests."""

from __future__ import annotations

from typing import Any

from ..cloud import Cloud
from ..repetition import LOOK, SHOWS_WITHIN
from ..resource import ConvergeError

#: All of the traffic, in the weights that AWS takes (0 to 999).
ALL = 999
#: Weights by ARN of the target group.
Weights = dict[str, int]
#: ``Enabled`` and ``DurationSeconds``, as ModifyRule takes them.
Stickiness = dict[str, Any]


class ForeignChangeError(ConvergeError):
    """Somebody else has changed the weights."""


class Rule:
    """A listener rule that forwards to target groups by weight.

    Args:
        cloud: the account and region.
        arn: of the rule.
    """

    def __init__(self, cloud: Cloud, arn: str) -> None:
        self.cloud = cloud
        self.arn = arn
        #: The stickiness to write with weights, unless they are to let sessions go; empty to leave what there is.
        self.sticks: Stickiness = {}
        self._written: tuple[Weights, bool] | None = None

    def weights(self) -> Weights:
        """Return the weights as AWS has them."""
        return _weights(self._actions())

    def stickiness(self) -> int:
        """Return for how many seconds the rule keeps a session on its target group; 0 when it does not."""
        return _seconds(self._actions())

    def stickiness_config(self) -> Stickiness:
        """Return how the rule keeps sessions on their target group; empty when it does not."""
        actions = self._actions()
        return dict(_forward(actions)["ForwardConfig"]["TargetGroupStickinessConfig"]) if _seconds(actions) else {}

    def actions(self, wanted: Weights, *, loose: bool = False) -> list[dict[str, Any]]:
        """Return the rule's actions as ModifyRule takes them, with these weights.

        Args:
            wanted: the weights.
            loose: let sessions go where the weights say. With each answer the load balancer sends its cookie anew, so
                who goes on asking stays on a side that has no weight, and gets 503 when its tasks end.
        """
        actions = self._actions()
        forward = _forward(actions)
        forward.pop("TargetGroupArn", None)  # where there is one group only, AWS tells it twice
        forward["ForwardConfig"]["TargetGroups"] = [
            {"TargetGroupArn": arn, "Weight": weight} for arn, weight in wanted.items()
        ]
        if self.sticks:
            forward["ForwardConfig"]["TargetGroupStickinessConfig"] = {**self.sticks, "Enabled": not loose}
        return actions

    def write(self, wanted: Weights, *, loose: bool = False) -> None:
        """Write weights and read them back; nothing is written when they stand already.

        What this run has written last stands, even where a read still shows what was before.

        Raises:
            ConvergeError: AWS answers with other weights than were written.
        """
        if self._written in (None, (wanted, loose)) and self._stands(wanted, loose=loose):
            return
        self.cloud.write("elbv2", "modify_rule", RuleArn=self.arn, Actions=self.actions(wanted, loose=loose))
        self._written = dict(wanted), loose
        found = self._awaited(wanted)
        if found != wanted:
            raise ConvergeError(f"{self.arn}: weights written are {wanted}, read back are {found}")

    def expect(self, *allowed: Weights) -> Weights:
        """Return the weights when they are one of those expected.

        Raises:
            ForeignChangeError: they are not.
        """
        found = self._awaited(*allowed)
        if found not in allowed:
            raise ForeignChangeError(
                f"somebody else has changed the weights of {self.arn}: expected {allowed[0]}, found {found}."
                " They were left alone; playbooks/abort.yml puts everything back on the stable version"
            )
        return found

    def _stands(self, wanted: Weights, *, loose: bool) -> bool:
        actions = self._actions()
        return _weights(actions) == wanted and (not self.sticks or bool(_seconds(actions)) != loose)

    def _awaited(self, *allowed: Weights) -> Weights:
        """Return the weights, read again while they are none of those expected: a read may lag behind a write."""
        waited, at_most = 0, self.cloud.clock.showing(SHOWS_WITHIN)
        while (found := self.weights()) not in allowed and waited < at_most:
            self.cloud.wait(LOOK)
            waited += LOOK
        return found

    def _actions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cloud.read("elbv2", "describe_rules", RuleArns=[self.arn])["Rules"][0][
            "Actions"
        ]
        return found


def _weights(actions: list[dict[str, Any]]) -> Weights:
    groups = _forward(actions)["ForwardConfig"]["TargetGroups"]
    return {group["TargetGroupArn"]: int(group.get("Weight", 1)) for group in groups}


def _seconds(actions: list[dict[str, Any]]) -> int:
    config = _forward(actions)["ForwardConfig"].get("TargetGroupStickinessConfig", {})
    return int(config.get("DurationSeconds", 0)) if config.get("Enabled") else 0


def _forward(actions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the action that forwards; those before it authenticate."""
    forward = next((action for action in actions if action["Type"] == "forward"), None)
    if forward is None:
        raise ConvergeError("the service's listener rule does not forward; run site.yml for the service first")
    return forward
