"""ECR: pushing an image of the catalogue, and pulling one for a task."""

from __future__ import annotations

from typing import Any

from rehearsal.tasks.images import Image, UnknownImageError, all_images, by_tag, public_image
from rehearsal.world import World


class PullError(Exception):
    """An image cannot be pulled; the text is what ECS shows."""


def push(world: World, image: str, repository: str, region: str) -> str:
    """Put an image into a repository, as ``docker push`` does, and return its digest.

    Args:
        world: the local cloud.
        image: name and tag in the catalogue, e.g. ``web:1.0.0``.
        repository: name of the repository, which must exist.
        region: the repository's.
    """
    name, _, tag = image.partition(":")
    found = by_tag(name, tag)
    client = world.boto("ecr", region)
    answer = client.put_image(repositoryName=repository, imageManifest=found.manifest, imageTag=tag)
    world.kept("tasks.digests")[answer["image"]["imageId"]["imageDigest"]] = found
    return str(answer["image"]["imageId"]["imageDigest"])


def pull(world: World, reference: str, region: str) -> Image:
    """Return the image a task definition names.

    Raises:
        PullError: it is not there.
    """
    path, digest, tag = _parts(reference)
    host, _, repository = path.partition("/")
    if ".dkr.ecr." not in host:
        return _public(reference, path, tag)
    try:
        answer = world.boto("ecr", region).batch_get_image(
            repositoryName=repository, imageIds=[{"imageDigest": digest} if digest else {"imageTag": tag}]
        )
    except Exception as error:
        raise PullError(f"CannotPullContainerError: {error}") from error
    if not answer["images"]:
        raise PullError(f"CannotPullContainerError: failed to resolve ref {reference}: {reference}: not found")
    return _catalogued(world, answer["images"][0], reference)


def _catalogued(world: World, answer: dict[str, Any], reference: str) -> Image:
    digest = answer["imageId"]["imageDigest"]
    known = world.kept("tasks.digests").get(digest)
    if known is None:
        name = reference.split("@", maxsplit=1)[0].rsplit(":", 1)[0].rsplit("/", 1)[-1]
        known = next((image for image in all_images(name) if image.manifest == answer.get("imageManifest")), None)
    if known is None:
        raise PullError(f"CannotPullContainerError: {reference} is in ECR, but this machine has nothing to run for it")
    found: Image = known
    return found


def _public(reference: str, path: str, tag: str) -> Image:
    try:
        image = public_image(path, tag)
    except UnknownImageError as error:
        raise PullError(f"CannotPullContainerError: {error}") from error
    if image is None:
        raise PullError(f"CannotPullContainerError: failed to resolve ref {reference}: not found")
    return image


def _parts(reference: str) -> tuple[str, str, str]:
    """Return path, digest and tag of an image reference."""
    path, _, digest = reference.partition("@")
    name = path.rsplit("/", 1)[-1]
    if ":" in name:
        path, _, tag = path.rpartition(":")
        return path, digest, tag
    return path, digest, "latest"
