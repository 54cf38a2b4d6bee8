"""ECR's API where moto's answers differ: a digest is that of the manifest, and layers are not looked for."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.tasks.images import digest_of


@operation("ecr", "PutImage")
def put_image(call: Call) -> dict[str, Any]:
    """Store a manifest under the digest that a registry computes from its bytes."""
    params, backend = call.params, call.backend()
    name, digest = params["repositoryName"], digest_of(params["imageManifest"])
    if name not in backend.repositories:
        raise Refused(
            "RepositoryNotFoundException",
            f"The repository with name '{name}' does not exist in the registry with id '{call.account}'",
        )
    if params.get("imageDigest", digest) != digest:
        raise Refused(
            "ImageDigestDoesNotMatchException",
            f"The image digest '{params['imageDigest']}' is not that of the manifest",
        )
    _check_tag(backend.repositories[name], params.get("imageTag", ""), digest)
    try:
        image = backend.put_image(
            name, params["imageManifest"], params.get("imageTag", ""), params.get("imageManifestMediaType"), digest
        )
    except ServiceException as error:
        raise Refused(str(error.code), str(error.message)) from error
    image_id = {"imageDigest": digest, **({"imageTag": params["imageTag"]} if "imageTag" in params else {})}
    shown = {"registryId": call.account, "repositoryName": name, "imageId": image_id}
    return {"image": {**shown, "imageManifest": image.image_manifest}}


def _check_tag(repository: Any, tag: str, digest: str) -> None:
    """Refuse to move a tag that may not be moved."""
    others = [one for one in repository.images if tag in one.image_tags and one.get_image_digest() != digest]
    if others and repository.image_tag_mutability == "IMMUTABLE":
        raise Refused(
            "ImageTagAlreadyExistsException",
            f"The image tag '{tag}' already exists in the '{repository.name}' repository and cannot be overwritten "
            "because the tag is immutable.",
        )
