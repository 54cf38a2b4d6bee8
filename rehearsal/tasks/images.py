"""The image catalogue: what this machine runs for a repository and a tag or digest."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).parents[1] / "images.yml"
_KIND = "application/vnd.docker."
#: Bytes of the layer that a manifest speaks of, about what a slim Python image with a service has.
LAYER = 52_428_800
#: First word of what runs in the cloud's own process.
CLOUD = "cloud"


class UnknownImageError(Exception):
    """The catalogue has no such image."""


@dataclass(frozen=True)
class Image:
    """One image.

    Attributes:
        name: last part of the repository's name.
        tag: one of the catalogue's.
        programs: first word of a command to what is run in its place.
        command: what runs when the container says nothing.
        environment: set before the container's own.
        modules: Python modules that others stand in for.
    """

    name: str
    tag: str
    programs: dict[str, list[str]]
    command: list[str]
    environment: dict[str, str]
    modules: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The digest: that of the manifest."""
        return digest_of(self.manifest)

    @property
    def blobs(self) -> tuple[str, str]:
        """What a registry would keep as the image's configuration and as its one layer."""
        parts = [self.name, self.tag, self.programs, self.command, self.environment, self.modules]
        text = json.dumps(parts, sort_keys=True)
        return text, f"layer {text}"

    @property
    def manifest(self) -> str:
        """The image manifest, as a registry keeps it: it follows from what the image is, and from nothing else."""
        text, content = self.blobs
        config = {"mediaType": f"{_KIND}container.image.v1+json", "size": len(text), "digest": digest_of(text)}
        layer = {"mediaType": f"{_KIND}image.rootfs.diff.tar.gzip", "size": LAYER, "digest": digest_of(content)}
        kind = f"{_KIND}distribution.manifest.v2+json"
        return json.dumps({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [layer]}, sort_keys=True)

    def argv(self, command: list[str]) -> list[str]:
        """Return what to execute for a container's command.

        Raises:
            UnknownImageError: the image has no such program.
        """
        wanted = command or self.command
        program = self.programs.get(wanted[0])
        if program is None:
            raise UnknownImageError(f'exec: "{wanted[0]}": executable file not found in $PATH')
        own = [sys.executable if word == "python" else word for word in program]
        rest = wanted[1:]
        if rest[:1] == ["-m"] and len(rest) > 1:
            rest = ["-m", self.modules.get(rest[1], rest[1]), *rest[2:]]
        return own + rest


@cache
def _entries() -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(CATALOGUE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return content


def by_tag(name: str, tag: str) -> Image:
    """Return an image by name and tag.

    Raises:
        UnknownImageError: there is none; the message lists the tags there are.
    """
    entry = _entries().get(name)
    if entry is None:
        raise UnknownImageError(f"{name} is not in {CATALOGUE.name}; it has {', '.join(_entries())}")
    tags = {str(key): value for key, value in entry["tags"].items()}
    if tag not in tags:
        raise UnknownImageError(f"{name}:{tag} is not in {CATALOGUE.name}; its tags are {', '.join(tags)}")
    # Every tag is a build of its own, so its version is part of what it is.
    environment = {"APP_VERSION": tag, **entry.get("environment", {}), **tags[tag]}
    modules = entry.get("modules", {}) if tags[tag] else {}
    return Image(name, tag, entry["programs"], entry["command"], environment, modules)


def by_digest(digest: str) -> Image | None:
    """Return the image of a digest."""
    return next((image for name in _entries() for image in all_images(name) if image.digest == digest), None)


def findings_of(digest: str) -> list[dict[str, str]]:
    """Return what a scan finds in the image of a digest: name, severity, package_name, package_version."""
    image = by_digest(digest)
    found: dict[Any, list[dict[str, str]]] = _entries()[image.name].get("findings", {}) if image else {}
    return found.get(image.tag, []) if image else []


def blob(digest: str) -> bytes | None:
    """Return a configuration or layer by its digest."""
    found = (text for name in _entries() for image in all_images(name) for text in image.blobs)
    return next((text.encode() for text in found if digest_of(text) == digest), None)


def digest_of(text: str) -> str:
    """Return a digest as registries write it."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@cache
def all_images(name: str) -> list[Image]:
    """Return every image of a name, none when the catalogue has no such name."""
    return [by_tag(name, str(tag)) for tag in _entries().get(name, {"tags": {}})["tags"]]


def newest_public(repository: str) -> Image | None:
    """Return the last image of a public repository: real digests are of content that this machine does not have."""
    found = (all_images(name) for name, entry in _entries().items() if entry.get("public") == repository)
    return next(iter(found), [None])[-1]


def public_image(repository: str, tag: str) -> Image | None:
    """Return an image that public registries offer."""
    for name, entry in _entries().items():
        if entry.get("public") == repository:
            return by_tag(name, tag)
    return None
