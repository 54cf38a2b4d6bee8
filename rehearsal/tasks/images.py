"""The image catalogue: what this machine runs for a repository and a tag or digest."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).parents[1] / "images.yml"


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
    """

    name: str
    tag: str
    programs: dict[str, list[str]]
    command: list[str]
    environment: dict[str, str]

    @property
    def digest(self) -> str:
        """The digest, computed from what the image is."""
        text = json.dumps([self.name, self.tag, self.programs, self.command, self.environment], sort_keys=True)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    @property
    def manifest(self) -> str:
        """An image manifest that stands for it in a registry."""
        config = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest": self.digest}
        kind = "application/vnd.docker.distribution.manifest.v2+json"
        return json.dumps({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": []}, sort_keys=True)

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
        return own + wanted[1:]


@cache
def _entries() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
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
    return Image(name, tag, entry["programs"], entry["command"], environment)


def all_images(name: str) -> list[Image]:
    """Return every image of a name, none when the catalogue has no such name."""
    return [by_tag(name, str(tag)) for tag in _entries().get(name, {"tags": {}})["tags"]]


def public_image(repository: str, tag: str) -> Image | None:
    """Return an image that public registries offer."""
    for name, entry in _entries().items():
        if entry.get("public") == repository:
            return by_tag(name, tag)
    return None
