"""All methods of a REST API: which requests go where, and what is changed on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..adapter import only
from ..compare import Changes
from ..resource import Resource, State
from ._apigateway import ApigatewayAdapter
from ._gateway import MISSING

ROOT = "/"
METHOD = (
    "authorizationType",
    "authorizerId",
    "authorizationScopes",
    "apiKeyRequired",
    "requestParameters",
    "requestModels",
    "requestValidatorId",
)
INTEGRATION = (
    "type",
    "httpMethod",
    "uri",
    "connectionType",
    "connectionId",
    "integrationTarget",
    "credentials",
    "requestParameters",
    "requestTemplates",
    "passthroughBehavior",
    "contentHandling",
    "timeoutInMillis",
)
#: Of responses, of a method and of its integration.
RESPONSE = ("responseParameters", "responseModels")
MAPPED = ("selectionPattern", "responseParameters", "responseTemplates", "contentHandling")
NOTHING: tuple[Any, ...] = (None, "", [], {}, False)
Data = dict[str, Any]


class ApigatewayMethods(ApigatewayAdapter):
    """The methods of an API, whole: one that is there and not declared is removed, with the path that had no other.

    ``Methods`` has them by method and path, e.g. ``ANY /v1/{proxy+}``: the fields of PutMethod, and below
    ``methodIntegration``, ``integrationResponses`` and ``methodResponses`` (by status) as GetMethod shows them. Callers
    see nothing of a change until it is deployed.
    """

    create_operation = "PutMethod"
    more_properties = ("Methods",)
    required = ("restApiId", "Methods")
    identity = ("restApiId",)
    exact = ("Methods",)
    kind = "resource"
    parent = "restApiId"

    def find_one(self, resource: Resource) -> State | None:
        """Read paths and methods at once; without a method there is nothing."""
        found = {
            f"{verb} {item['path']}": told(method)
            for item in self._paths(resource)
            for verb, method in (item.get("resourceMethods") or {}).items()
        }
        return {**self.above(resource), "Methods": found} if found else None

    def _paths(self, resource: Resource) -> list[Data]:
        return self.read_paths(self.above(resource))

    def read_paths(self, above: Mapping[str, Any]) -> list[Data]:
        """Return the resources of an API, none when that went and took them along."""
        try:
            return self.cloud.pages(self.service, "get_resources", "items", **above, embed=["methods"])
        except self.cloud.client(self.service).exceptions.NotFoundException:
            return []

    def create(self, resource: Resource) -> None:
        """Put all of them."""
        self._converge(resource, resource.properties["Methods"], {})

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Put those that differ, and remove those that are not declared."""
        del changes
        self._converge(resource, resource.properties["Methods"], state["Methods"])

    def delete(self, resource: Resource, state: State) -> None:
        """Remove all of them."""
        self._converge(resource, {}, state["Methods"])

    def _converge(self, resource: Resource, wanted: Mapping[str, Data], there: Mapping[str, Data]) -> None:
        above, paths = self.above(resource), {one["path"]: one["id"] for one in self._paths(resource)}
        for key in [key for key, method in there.items() if wanted.get(key) != method]:
            verb, _, path = key.partition(" ")
            self.write_unless("delete_method", MISSING, **above, resourceId=paths[path], httpMethod=verb)
        for key in [key for key, method in wanted.items() if there.get(key) != method]:
            verb, _, path = key.partition(" ")
            place = {**above, "resourceId": self._path(above, paths, path), "httpMethod": verb}
            self._put(place, wanted[key])
        self._tidy(above, paths, {key.partition(" ")[2] for key in wanted})

    def _path(self, above: Data, paths: dict[str, str], path: str) -> str:
        """Return the id of a path, made with those above it where it is not there."""
        if path not in paths:
            parent, _, part = path.rpartition("/")
            made = self.write(
                "create_resource", **above, parentId=self._path(above, paths, parent or ROOT), pathPart=part
            )
            paths[path] = made["id"]
        return paths[path]

    def _put(self, place: Data, method: Data) -> None:
        integration = method["methodIntegration"]
        self.write("put_method", **place, **only(method, METHOD))
        for status, response in method.get("methodResponses", {}).items():
            self.write("put_method_response", **place, statusCode=status, **response)
        given = {
            ("integrationHttpMethod" if k == "httpMethod" else k): v for k, v in only(integration, INTEGRATION).items()
        }
        self.write("put_integration", **place, **given)
        for status, response in integration.get("integrationResponses", {}).items():
            self.write("put_integration_response", **place, statusCode=status, **response)

    def _tidy(self, above: Data, paths: Mapping[str, str], wanted: set[str]) -> None:
        """Remove the paths below which nothing is declared, the outermost with all it has."""
        needed = {ROOT} | {"/".join(path.split("/")[:end]) for path in wanted for end in range(2, path.count("/") + 2)}
        for path in sorted(set(paths) - needed):
            if path.rpartition("/")[0] in needed | {""}:
                self.write_unless("delete_resource", MISSING, **above, resourceId=paths[path])


def told(method: Data) -> Data:
    """Return a method as one declares it: without names that its place tells, and without what is empty."""
    integration = method.get("methodIntegration") or {}
    mapped = {code: _full(one, MAPPED) for code, one in (integration.get("integrationResponses") or {}).items()}
    answers = {code: _full(one, RESPONSE) for code, one in (method.get("methodResponses") or {}).items()}
    inner = {**_full(integration, INTEGRATION), **({"integrationResponses": mapped} if mapped else {})}
    return {**_full(method, METHOD), "methodIntegration": inner, **({"methodResponses": answers} if answers else {})}


def _full(values: Data, names: tuple[str, ...]) -> Data:
    return {name: value for name, value in values.items() if name in names and value not in NOTHING}


ADAPTER = ApigatewayMethods
