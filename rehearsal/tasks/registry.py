"""ECR: pushing an image of the catalogue, and pulling one for a task."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass

from rehearsal.tasks.images import Image, UnknownImageError, by_digest, by_tag, digest_of, newest_public, public_image
from rehearsal.world import World

#: How the Fargate agent begins what it says of a failed pull.
FAILED = "CannotPullContainerError: pull image manifest has been retried 1 time(s):"
_OWN = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>.+)$")
#: Access key of whoever pushes: a build, not the deployer.
BUILDER = "builder"


class PullError(Exception):
    """An image cannot be pulled; the text is what ECS shows."""


@dataclass(frozen=True)
class Reference:
    """An image reference in its parts.

    Attributes:
        text: as written.
        region: of the ECR registry, empty for any other registry.
        name: the repository, with its host for any other registry.
        tag: empty when there is a digest.
        digest: empty when there is none.
    """

    text: str
    region: str
    name: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Return the parts."""
        rest, _, digest = text.partition("@")
        path, slash, last = rest.rpartition("/")
        last, _, tag = last.partition(":")
        name = f"{path}{slash}{last}"
        own = _OWN.match(name)
        tag = "" if digest else tag or "latest"
        return cls(text, own["region"] if own else "", own["name"] if own else name, tag, digest)

    @property
    def host(self) -> str:
        """The registry's host."""
        return self.text.partition("/")[0]


def push(world: World, image: str, repository: str, region: str) -> str:
    """Put an image into a repository, as ``docker push`` does, and return its digest.

    Args:
        world: the local cloud.
        image: name and tag in the catalogue, e.g. ``web:1.0.0``.
        repository: name of the repository, which must exist.
        region: the repository's.

    Raises:
        UnknownImageError: the catalogue has no such image.
        botocore.exceptions.ClientError: no such repository, or the tag is taken and immutable.
    """
    name, _, tag = image.partition(":")
    found = by_tag(name, tag)
    client = world.boto("ecr", region, key=BUILDER)
    known = world.backend("ecr", region).repositories.get(repository)
    if known:
        known.layers |= {digest_of(text): len(text) for text in found.blobs}
    # docker push finds the layers and the manifest there already, and ends well
    with contextlib.suppress(client.exceptions.ImageAlreadyExistsException):
        client.put_image(repositoryName=repository, imageManifest=found.manifest, imageTag=tag)
    return found.digest


def pull(world: World, reference: Reference) -> Image:
    """Return the image a task definition names.

    Raises:
        PullError: it is not there.
    """
    image = _from_ecr(world, reference) if reference.region else _public(reference)
    if image is None:
        raise PullError(f"{FAILED} failed to resolve ref {reference.text}: {reference.text}: not found")
    return image


def _from_ecr(world: World, reference: Reference) -> Image | None:
    backend = world.backend("ecr", reference.region)
    if reference.name not in backend.repositories:
        raise PullError(
            f"{FAILED} failed to resolve ref {reference.text}: name unknown: The repository with name "
            f"'{reference.name}' does not exist in the registry with id '{world.account}'"
        )
    for stored in backend.repositories[reference.name].images:
        digest = str(stored.get_image_digest())
        if digest == reference.digest or (reference.tag and reference.tag in stored.image_tags):
            image = by_digest(digest)
            if image is None:
                raise PullError(f"{FAILED} {reference.text} is in ECR, but this machine has nothing to run for it")
            return image
    return None


def _public(reference: Reference) -> Image | None:
    if not reference.digest:
        try:
            return public_image(reference.name, reference.tag)
        except UnknownImageError:
            return None
    return newest_public(reference.name)
