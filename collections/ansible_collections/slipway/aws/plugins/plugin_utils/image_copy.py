"""Copies an image from one ECR repository to another, manifest and layers as they are, so that its digest stays.

Layers go through the registry's own API, in parts of the size it asks for:
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_InitiateLayerUpload.html
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .cloud import Cloud
from .resource import ConvergeError

#: Manifests of one image and of several for different machines, in both formats.
ACCEPTED = [
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
]
#: Layers whose presence one call asks for, at most, and seconds a download may stand still.
ASKED, PATIENCE = 100, 60


@dataclass(frozen=True)
class Repository:
    """A repository.

    Attributes:
        cloud: its account and region.
        name: without the registry's host.
        account: that has it, empty for one's own.
    """

    cloud: Cloud
    name: str
    account: str = ""

    def where(self) -> dict[str, str]:
        """Return it as parameters of a call."""
        return {"repositoryName": self.name, **({"registryId": self.account} if self.account else {})}

    def image(self, digest: str) -> dict[str, Any] | None:
        """Return an image, with its manifest, or nothing."""
        return self.found({"imageDigest": digest})

    def found(self, wanted: dict[str, str]) -> dict[str, Any] | None:
        """Return an image by ``imageDigest`` or ``imageTag``, with its manifest, or nothing."""
        asked = {**self.where(), "imageIds": [wanted], "acceptedMediaTypes": ACCEPTED}
        images = self.cloud.read("ecr", "batch_get_image", **asked)["images"]
        return images[0] if images else None

    def signature(self, digest: str) -> tuple[str, str] | None:
        """Return digest and tag of what cosign has signed an image with, an image itself, or nothing."""
        tag = f"{digest.replace(':', '-')}.sig"
        found = self.found({"imageTag": tag})
        return (found["imageId"]["imageDigest"], tag) if found else None

    def tags(self, digest: str) -> list[str]:
        """Return the tags of an image that is there."""
        answer = self.cloud.read("ecr", "describe_images", **self.where(), imageIds=[{"imageDigest": digest}])
        return list(answer["imageDetails"][0].get("imageTags", []))

    def missing(self, digests: list[str]) -> list[str]:
        """Return those of some layers that are not there."""
        there = set()
        for begin in range(0, len(digests), ASKED):
            some = digests[begin : begin + ASKED]
            answer = self.cloud.read("ecr", "batch_check_layer_availability", **self.where(), layerDigests=some)
            there |= {one["layerDigest"] for one in answer["layers"] if one["layerAvailability"] == "AVAILABLE"}
        return [digest for digest in digests if digest not in there]


def is_there(target: Repository, digest: str, tag: str) -> bool:
    """Say whether a repository has an image, under a tag when one is named."""
    return target.image(digest) is not None and (not tag or tag in target.tags(digest))


def copy_image(source: Repository, target: Repository, digest: str, tag: str = "") -> None:
    """Copy an image, and whatever images it is an index of.

    Raises:
        ConvergeError: the source does not have it.
    """
    image = source.image(digest)
    if image is None:
        raise ConvergeError(
            f"{source.name} has no image {digest}; it may have expired; registry_keep_tagged_images says how many stay"
        )
    manifest = json.loads(image["imageManifest"])
    for one in manifest.get("manifests", []):
        copy_image(source, target, one["digest"])
    wanted = [one["digest"] for one in (manifest.get("config"), *manifest.get("layers", [])) if one]
    for layer in target.missing(list(dict.fromkeys(wanted))):
        _copy_layer(source, target, layer)
    kind = {"imageManifestMediaType": image["imageManifestMediaType"]} if "imageManifestMediaType" in image else {}
    target.cloud.write(
        "ecr",
        "put_image",
        **target.where(),
        **kind,
        **({"imageTag": tag} if tag else {}),
        imageManifest=image["imageManifest"],
        imageDigest=digest,
    )


def _copy_layer(source: Repository, target: Repository, digest: str) -> None:
    link = source.cloud.read("ecr", "get_download_url_for_layer", **source.where(), layerDigest=digest)
    begun = target.cloud.write("ecr", "initiate_layer_upload", **target.where())
    upload, first = {**target.where(), "uploadId": begun["uploadId"]}, 0
    for part in _parts(link["downloadUrl"], begun["partSize"]):
        last = first + len(part) - 1
        target.cloud.write(
            "ecr", "upload_layer_part", **upload, partFirstByte=first, partLastByte=last, layerPartBlob=part
        )
        first = last + 1
    target.cloud.write("ecr", "complete_layer_upload", **upload, layerDigests=[digest])


def _parts(url: str, size: int) -> Iterator[bytes]:
    if not url.startswith(("https://", "http://127.", "http://localhost")):
        raise ConvergeError(f"a layer is to be read from {url.partition('?')[0]}, which is not HTTPS")
    with urllib.request.urlopen(url, timeout=PATIENCE) as stream:  # noqa: S310  the scheme is checked above
        while part := stream.read(size):
            yield part
