"""ECR repositories."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..adapter import Adapter, only, tag_dict, tag_list
from ..compare import Changes
from ..parallel import side_by_side
from ..resource import Resource, State
from ._tagging import tags_of_many

MISSING = ("RepositoryNotFoundException",)


class EcrRepository(Adapter):
    """A repository with its lifecycle policy and permissions.

    ``force: true`` deletes the images with the repository; else one that holds images is kept.
    """

    service = "ecr"
    create_operation = "CreateRepository"
    more_properties = ("lifecyclePolicyText", "policyText", "force")
    required = ("repositoryName",)
    identity = ("repositoryName",)
    immutable = ("encryptionConfiguration",)
    documents = ("lifecyclePolicyText", "policyText")
    unordered = ("imageTagMutabilityExclusionFilters",)
    computed = ("repositoryArn", "repositoryUri", "registryId")

    def find(self, resources: Sequence[Resource]) -> dict[str, State]:
        """List the registry once, since asking by name fails when any name is missing; then read the policies."""
        listed = self.cloud.pages("ecr", "describe_repositories", "repositories")
        known = {item["repositoryName"]: item for item in listed}
        there = [resource for resource in resources if resource.properties["repositoryName"] in known]
        items = [known[resource.properties["repositoryName"]] for resource in there]
        asked = {item["repositoryArn"]: resource.tags for resource, item in zip(there, items, strict=True)}
        tags = tags_of_many(self.cloud, asked, self._tags)
        states = side_by_side(lambda pair: self._state(*pair), zip(there, items, strict=True))
        return {
            resource.name: {**state, "Tags": tags[item["repositoryArn"]]}
            for resource, item, state in zip(there, items, states, strict=True)
        }

    def _tags(self, arn: str) -> dict[str, str]:
        return tag_dict(self.cloud.read("ecr", "list_tags_for_resource", resourceArn=arn)["tags"])

    def _state(self, resource: Resource, item: dict[str, Any]) -> State:
        state = {**item, **only(resource.properties, ["force"])}
        name = {"repositoryName": item["repositoryName"]}
        if "lifecyclePolicyText" in resource.properties:
            answer = self.read_or_none("get_lifecycle_policy", ["LifecyclePolicyNotFoundException"], **name)
            state |= only(answer or {}, ["lifecyclePolicyText"])
        if "policyText" in resource.properties:
            answer = self.read_or_none("get_repository_policy", ["RepositoryPolicyNotFoundException"], **name)
            state |= only(answer or {}, ["policyText"])
        return state

    def create(self, resource: Resource) -> None:
        """Create with tags; the policies follow as an update."""
        wanted = {name: item for name, item in resource.properties.items() if name not in self.more_properties}
        self.write("create_repository", **wanted, tags=tag_list(resource.tags))

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Mend what differs, each through its own operation."""
        name = only(state, ["repositoryName"])
        mutability = ("imageTagMutability", "imageTagMutabilityExclusionFilters")
        if only(changes, mutability):
            self.write("put_image_tag_mutability", **name, **only(resource.properties, mutability))
        if "imageScanningConfiguration" in changes:
            wanted = changes["imageScanningConfiguration"].after
            self.write("put_image_scanning_configuration", **name, imageScanningConfiguration=wanted)
        if "lifecyclePolicyText" in changes:
            text = json.dumps(changes["lifecyclePolicyText"].after)
            self.write("put_lifecycle_policy", **name, lifecyclePolicyText=text)
        if "policyText" in changes:
            self.write("set_repository_policy", **name, policyText=json.dumps(changes["policyText"].after))
        self.mend_tags(state["repositoryArn"], changes)

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Keep a repository that holds images, unless it was declared that they may go."""
        name = state["repositoryName"]
        if resource.properties.get("force"):
            return None
        images = self.cloud.read("ecr", "list_images", repositoryName=name, maxResults=1)["imageIds"]
        return f"{name} holds images; delete them, or declare force: true" if images else None

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the repository, with its images if that was declared."""
        force = bool(resource.properties.get("force"))
        self.write_unless("delete_repository", MISSING, repositoryName=state["repositoryName"], force=force)


ADAPTER = EcrRepository
