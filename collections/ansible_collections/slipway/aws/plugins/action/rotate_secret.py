"""Gives a secret that is a JSON object a new password."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.slipway.aws.plugins.plugin_utils.acting import Acting
from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud
from ansible_collections.slipway.aws.plugins.plugin_utils.guard import Guard
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError

ARGUMENTS = {
    "secret": {"type": "str", "required": True},
    "key": {"type": "str", "default": "password", "no_log": False},
    "length": {"type": "int", "default": 40},
    "region": {"type": "str"},
}


class ActionModule(Acting):
    """Rotates one secret."""

    arguments = ARGUMENTS

    def act(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make a new version current; the one before stays readable as AWSPREVIOUS."""
        cloud = Cloud(options["region"], Guard().check)
        return self._rotate(cloud, options)

    def _rotate(self, cloud: Cloud, options: dict[str, Any]) -> dict[str, Any]:
        text = cloud.read("secretsmanager", "get_secret_value", SecretId=options["secret"])["SecretString"]
        values = _object(text, options)
        if self._task.check_mode:
            return {"changed": True}
        drawn = cloud.read(
            "secretsmanager", "get_random_password", PasswordLength=options["length"], ExcludePunctuation=True
        )
        values[options["key"]] = drawn["RandomPassword"]
        made = cloud.write(
            "secretsmanager", "put_secret_value", SecretId=options["secret"], SecretString=json.dumps(values)
        )
        return {"changed": True, "version": made["VersionId"]}


def _object(text: str, options: dict[str, Any]) -> dict[str, Any]:
    try:
        values: dict[str, Any] = dict(json.loads(text))
    except (ValueError, TypeError):
        values = {}
    if options["key"] not in values:
        raise ConvergeError(
            f"{options['secret']} has no {options['key']}; a JSON object with it is needed to rotate it"
        )
    return values
