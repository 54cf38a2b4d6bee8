"""Secrets Manager: names in recovery, keys that do not exist, secrets of other services, when they were read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rehearsal.control.overlay import Call, Refused, after, before

#: How names of secrets begin that RDS keeps for its instances, and rotates every week.
OF_RDS = "rds!"


@before("secretsmanager", "CreateSecret")
def refuse_name_in_recovery(call: Call) -> None:
    """Refuse the name of a secret whose deletion is scheduled."""
    name = call.params["Name"]
    for secret in call.backend().secrets.values():
        if secret.name == name and secret.is_deleted():
            raise Refused(
                "InvalidRequestException",
                "You can't create this secret because a secret with this name is already scheduled for deletion.",
            )


@before("secretsmanager", "CreateSecret", "UpdateSecret")
def check_key(call: Call) -> None:
    """Refuse a key that does not exist or cannot be used."""
    wanted = call.params.get("KmsKeyId")
    if wanted is None or wanted.startswith("alias/aws/"):
        return
    backend = call.backend("kms")
    key = backend.keys.get(backend.any_id_to_key_id(wanted))
    if key is None or key.key_state != "Enabled":
        raise Refused("InvalidParameterException", f"The KMS key {wanted} does not exist or is not enabled")


@after("secretsmanager", "GetSecretValue")
def keep_access(call: Call, response: dict[str, Any]) -> None:
    """Keep the day on which it was read."""
    call.world.kept("secretsmanager.read")[response["ARN"]] = call.world.clock.now()


@after("secretsmanager", "DescribeSecret", "ListSecrets")
def show_owner_and_access(call: Call, response: dict[str, Any]) -> None:
    """Show whose secret it is where a service keeps it, that this service rotates it, and the day it was read last."""
    read = call.world.kept("secretsmanager.read")
    for secret in response.get("SecretList", [response]):
        if secret["Name"].startswith(OF_RDS):
            secret |= {"OwningService": "rds", "RotationEnabled": True, "RotationRules": {"AutomaticallyAfterDays": 7}}
        if secret["ARN"] in read:
            moment = datetime.fromtimestamp(read[secret["ARN"]], UTC)
            secret["LastAccessedDate"] = moment.replace(hour=0, minute=0, second=0, microsecond=0)
