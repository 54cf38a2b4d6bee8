"""Secrets Manager secrets: with a value that is given, or one that is made up once and never shown."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from ..adapter import Adapter, only, tag_dict, tag_list
from ..cloud import error_code
from ..compare import Changes
from ..resource import Resource, State

MISSING = ("ResourceNotFoundException",)
#: Options of GetRandomPassword; the two others tell where in a JSON secret the password goes.
TEMPLATE, KEY = "SecretStringTemplate", "GenerateStringKey"
CURRENT = "AWSCURRENT"
#: The key of a secret for which AWS names none.
DEFAULT_KEY = "alias/aws/secretsmanager"


class SecretsmanagerSecret(Adapter):
    """A secret. Either ``SecretString`` is its value, or ``GenerateSecretString`` says how to make one up.

    ``GenerateSecretString`` has the fields it has in CloudFormation: the options of GetRandomPassword, and for a JSON
    secret ``SecretStringTemplate`` (here a dictionary) and ``GenerateStringKey``. The password is made up once; a
    changed template is written around it. ``RecoveryWindowInDays`` is the time a deleted secret can be restored, 0 for
    none.
    """

    service = "secretsmanager"
    create_operation = "CreateSecret"
    more_properties = ("GenerateSecretString", "ResourcePolicy", "RecoveryWindowInDays")
    required = ("Name",)
    identity = ("Name",)
    documents = ("ResourcePolicy",)
    secret = ("SecretString",)
    computed = ("ARN", "VersionId")

    def find_one(self, resource: Resource) -> State | None:
        """Describe the secret; ListSecrets may lag by minutes, so it is not asked.

        A secret that waits for its deletion is gone for who wants it, and kept for who wants it removed.
        """
        name = resource.properties["Name"]
        found = self.read_or_none("describe_secret", MISSING, SecretId=name)
        if found is None or ("DeletedDate" in found and not resource.absent):
            return None
        stages: dict[str, list[str]] = found.get("VersionIdsToStages") or {}
        version = next((key for key, names in stages.items() if CURRENT in names), None)
        state = {"Description": "", "KmsKeyId": DEFAULT_KEY, **found, "Tags": tag_dict(found.get("Tags"))}
        if "RecoveryWindowInDays" in resource.properties:  # a choice for the day of removal, of which AWS knows nothing
            state["RecoveryWindowInDays"] = resource.properties["RecoveryWindowInDays"]
        if "DeletedDate" in found or version is None:
            return state
        return {**state, "VersionId": version, **self._policy(resource), **self._value(resource)}

    def _policy(self, resource: Resource) -> State:
        if "ResourcePolicy" not in resource.properties:
            return {}
        answer = self.cloud.read("secretsmanager", "get_resource_policy", SecretId=resource.properties["Name"])
        return {"ResourcePolicy": answer.get("ResourcePolicy")}

    def _value(self, resource: Resource) -> State:
        """Read the value only where something in it was declared."""
        rule = resource.properties.get("GenerateSecretString")
        if "SecretString" in resource.properties:
            return {"SecretString": self._current(resource)}
        if rule is None:
            return {}
        if TEMPLATE not in rule:
            return {"GenerateSecretString": rule}
        value = _parsed(self._current(resource))
        if rule[KEY] not in value:
            return {}
        return {"GenerateSecretString": {**rule, TEMPLATE: {name: value.get(name) for name in rule[TEMPLATE]}}}

    def _current(self, resource: Resource) -> Any:
        answer = self.cloud.read("secretsmanager", "get_secret_value", SecretId=resource.properties["Name"])
        return answer.get("SecretString")

    def create(self, resource: Resource) -> None:
        """Create with value and tags at once, or restore a secret of that name that waits for its deletion."""
        what = f"waiting for the name {resource.properties['Name']}"
        self.cloud.wait_until(lambda: self._made(resource), what, at_most=self.timeout, poll=self.poll)

    def _made(self, resource: Resource) -> bool:
        wanted = only(resource.properties, ["Name", "Description", "KmsKeyId", "AddReplicaRegions", "SecretString"])
        found = self.read_or_none("describe_secret", MISSING, SecretId=wanted["Name"])
        if found is not None and "DeletedDate" in found:
            self.write_unless("restore_secret", MISSING, SecretId=wanted["Name"])
            return True
        if "GenerateSecretString" in resource.properties:
            wanted["SecretString"] = self._generated(resource.properties["GenerateSecretString"])
        try:
            self.write("create_secret", **wanted, Tags=tag_list(resource.tags))
        except ClientError as error:
            # Deleted without recovery, and not gone yet: AWS tells by the message alone.
            if error_code(error) != "InvalidRequestException" or "scheduled for deletion" not in str(error):
                raise
            return False
        return True

    def _generated(self, rule: dict[str, Any], value: dict[str, Any] | None = None) -> str:
        """Return a new value by the rule, keeping the password of ``value`` where there is one."""
        options = {name: item for name, item in rule.items() if name not in {TEMPLATE, KEY}}

        def password() -> str:
            answer = self.cloud.read("secretsmanager", "get_random_password", **options)
            return str(answer["RandomPassword"])

        if TEMPLATE not in rule:
            return password()
        known = (value or {}).get(rule[KEY])
        return json.dumps({**(value or {}), **rule[TEMPLATE], rule[KEY]: known or password()})

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend settings, value, policy and tags."""
        name = {"SecretId": state["ARN"]}
        settings = only(changes, ["Description", "KmsKeyId"])
        if settings:
            self.write("update_secret", **name, **{key: change.after for key, change in settings.items()})
        if "SecretString" in changes:
            self.write("put_secret_value", **name, SecretString=changes["SecretString"].after)
        if "GenerateSecretString" in changes:
            rule = changes["GenerateSecretString"].after
            value = _parsed(self._current(resource)) if "VersionId" in state else {}
            self.write("put_secret_value", **name, SecretString=self._generated(rule, value))
        if "ResourcePolicy" in changes:
            policy = json.dumps(changes["ResourcePolicy"].after)
            self.write("put_resource_policy", **name, ResourcePolicy=policy, BlockPublicPolicy=True)
        self.mend_tags(name["SecretId"], changes)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Tell of a secret that was deleted and can still be restored."""
        if "DeletedDate" not in state or resource.properties.get("RecoveryWindowInDays") == 0:
            return None
        return f"{state['Name']} was deleted and can be restored until {state['DeletedDate']:%Y-%m-%d}"

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the secret, restorable for the declared time (AWS: 30 days)."""
        days = resource.properties.get("RecoveryWindowInDays", 30)
        window = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        self.write_unless("delete_secret", MISSING, SecretId=state["ARN"], **window)


def _parsed(text: Any) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


ADAPTER = SecretsmanagerSecret
