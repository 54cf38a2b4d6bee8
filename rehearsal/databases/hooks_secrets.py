"""The master user's managed secret: the real user name, a password nobody else has, and rotation."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import Any

from rehearsal.control.overlay import Call, after

LENGTH = 24


@after("rds", "CreateDBInstance", "RestoreDBInstanceFromDBSnapshot")
def fill(call: Call, response: dict[str, Any]) -> None:
    """Put credentials into a new managed secret."""
    if response["DBInstance"].get("MasterUserSecret"):  # a restored instance is managed as its source was
        _write(call, response["DBInstance"])


@after("rds", "ModifyDBInstance")
def rotate(call: Call, response: dict[str, Any]) -> None:
    """Put a new password into the secret when it is made or rotated."""
    if call.params.get("RotateMasterUserPassword") or call.params.get("ManageMasterUserPassword"):
        _write(call, response["DBInstance"])


def _write(call: Call, instance: dict[str, Any]) -> None:
    credentials = {"username": instance["MasterUsername"], "password": secrets.token_urlsafe(LENGTH)}
    call.backend("secretsmanager").put_secret_value(
        instance["MasterUserSecret"]["SecretArn"], json.dumps(credentials), None, str(uuid.uuid4()), ["AWSCURRENT"]
    )
