"""API keys: by which a client of a REST API is known, and which usage plan it has."""

from __future__ import annotations

from typing import Any, ClassVar

from ..adapter import only
from ..compare import Changes
from ..resource import Resource, State
from ._apigateway import ApigatewayAdapter

PLAN, SECRET = "usagePlanId", "secretId"
OTHER = "another value"


class ApigatewayApiKey(ApigatewayAdapter):
    """A key, found by its name, which AWS does not keep unique.

    ``secretId`` names the secret of Secrets Manager whose text is the key; nothing of it is shown. A key does not
    change: with another text in the secret it is made anew. ``usagePlanId`` is the one plan that it belongs to.
    """

    create_operation = "CreateApiKey"
    more_properties = (PLAN, SECRET)
    required = ("name", SECRET, PLAN)
    identity = ("name",)
    immutable = (SECRET,)
    replaceable = True
    computed = ("id", "Arn")
    kind, asked_by = "api_key", "apiKey"
    taggable = True
    place = "apikeys/{id}"
    later = (PLAN, SECRET)
    unsaid: ClassVar[State] = {"description": "", "enabled": False}

    def siblings(self, resource: Resource) -> list[dict[str, Any]]:
        """Return all keys with their values, read once a task."""
        del resource
        pages = lambda: self.cloud.pages(self.service, "get_api_keys", "items", includeValues=True)  # noqa: E731
        found: list[dict[str, Any]] = self.cloud.cached(self.kind, pages)
        return found

    def state_of(self, item: dict[str, Any], resource: Resource) -> State:
        """Return the state without the value: whether it is the secret's, and the plan."""
        shown = {name: value for name, value in item.items() if name != "value"}
        told = {**super().state_of(shown, resource), PLAN: self._plan(item["id"])}
        if resource.absent:
            return told
        declared = resource.properties[SECRET]
        return {**told, SECRET: declared if item.get("value") == self._text(declared) else OTHER}

    def _plan(self, key: str) -> str:
        plans = self.cloud.pages(self.service, "get_usage_plans", "items", keyId=key)
        return str(plans[0]["id"]) if plans else ""

    def _text(self, secret: str) -> str:
        return str(self.cloud.read("secretsmanager", "get_secret_value", SecretId=secret)["SecretString"])

    def create(self, resource: Resource) -> None:
        """Create it and give it its plan."""
        given = only(resource.properties, ["name", "description", "enabled"])
        value = self._text(resource.properties[SECRET])
        made = self.write("create_api_key", **given, value=value, tags=resource.tags)
        self._join(made["id"], resource.properties[PLAN])

    def _join(self, key: str, plan: str) -> None:
        self.write("create_usage_plan_key", usagePlanId=plan, keyId=key, keyType="API_KEY")

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Patch what can change; a key leaves its plan before it gets another."""
        super().update(resource, state, {name: one for name, one in changes.items() if name != PLAN})
        if PLAN not in changes:
            return
        if state[PLAN]:
            self.write_unless(
                "delete_usage_plan_key", ("NotFoundException",), usagePlanId=state[PLAN], keyId=state["id"]
            )
        self._join(state["id"], resource.properties[PLAN])


ADAPTER = ApigatewayApiKey
