"""Secrets Manager: names in recovery, keys that do not exist."""

from __future__ import annotations

from rehearsal.control.overlay import Call, Refused, before


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
