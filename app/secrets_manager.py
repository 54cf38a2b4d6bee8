"""Secrets from Secrets Manager; imported when one is needed, since a task starts faster without."""

from __future__ import annotations

import json
import logging

from botocore.exceptions import BotoCoreError, ClientError

from app.following import client

LOG = logging.getLogger("app")
#: Seconds that Secrets Manager gets to answer: a request may be waiting for the connection.
PATIENCE = 2


def read(arn: str, stage: str) -> dict[str, str] | None:
    """Return a version of a secret that is a JSON object, None when it cannot be read.

    Args:
        arn: of the secret.
        stage: ``AWSCURRENT`` or ``AWSPREVIOUS``.
    """
    try:
        manager = client("secretsmanager", PATIENCE, attempts=2)
        found: dict[str, str] = json.loads(manager.get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"])
    except (BotoCoreError, ClientError) as error:
        LOG.warning("the secret cannot be read: %s", error)
        return None
    return found
