"""The master user's managed secret: the real user name, a password nobody else has, and rotation."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import Any

from rehearsal.control.overlay import Call, after

LENGTH = 24


@after("rds", "CreateDBInstance")
def fill(call: Call, response: dict[str, Any]) -> None:
    """Put credentials into a new managed secret."""
    if response["DBInstance"].get("MasterUserSecret"):
        _write(call, response["DBInstance"])


@after("rds", "CreateDBInstance", "ModifyDBInstance")
def remember(call: Call, response: dict[str, Any]) -> None:
    """Remember a password that was given, of which moto keeps nothing that can be read."""
    del response
    if call.params.get("MasterUserPassword"):
        key = (call.region, call.params["DBInstanceIdentifier"])
        call.world.kept("rds.passwords")[key] = call.params["MasterUserPassword"]


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
