"""What goes from one environment to the next: the version that serves there, by its digest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .assumed import Role
from .cloud import Cloud
from .image_copy import Repository, copy_image, is_there
from .records import read_items
from .release.begin import unfinished
from .release.journal import Journal
from .resource import ConvergeError
from .service_state import record_key

Version = dict[str, str]
#: Options by which a task names an environment.
PLACE: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "account": {"type": "str", "default": ""},
    "region": {"type": "str"},
    "role_arn": {"type": "str", "default": ""},
    "external_id": {"type": "str", "default": ""},
}


@dataclass(frozen=True)
class Place:
    """An environment as a promotion sees it.

    Attributes:
        cloud: its account and region.
        name: of the environment.
        project: first part of all names.
        account: whose registry it is, empty for one's own.
    """

    cloud: Cloud
    name: str
    project: str
    account: str = ""

    @classmethod
    def of(
        cls, values: Mapping[str, Any], options: Mapping[str, Any], guard: Callable[[], None] = lambda: None
    ) -> Place:
        """Return what options as in ``PLACE`` name, in a task's own ``region`` and ``project`` where they say nothing.

        Args:
            values: of the place.
            options: of the task.
            guard: as :class:`Cloud` takes it.
        """
        cloud = Cloud(values["region"] or options["region"], guard, role=Role.of(values))
        return cls(cloud, values["name"], options["project"], values["account"])

    @property
    def table(self) -> str:
        """Its state table."""
        return f"{self.project}-{self.name}-leases"

    def repository(self, service: str) -> Repository:
        """Return the repository of a service's images."""
        return Repository(self.cloud, f"{self.project}-{self.name}/{service}", self.account)

    def versions(self, services: list[str]) -> dict[str, Version]:
        """Return the stable version of every service that was ever released."""
        items = read_items(self.cloud, self.table, [record_key(name) for name in services])
        return {
            str(item["id"]).partition("/")[2]: {name: str(item.get(name, "")) for name in ("image_tag", "digest")}
            for item in items
        }


def promoted(source: Place, services: list[str]) -> dict[str, Version]:
    """Return the version of each service that may go on.

    Raises:
        ConvergeError: a service was never released there, or a release of it is in the middle; each is named.
    """
    versions = source.versions(services)
    problems = [f"{name} was never released in {source.name}" for name in services if name not in versions]
    problems += [
        f"a release of {name} is in the middle in {source.name}: let it end, or playbooks/abort.yml -e service={name}"
        for name in services
        if unfinished(Journal(source.cloud, source.table, name).read())
    ]
    if problems:
        raise ConvergeError("; ".join(problems))
    return {name: versions[name] for name in services}


def take_over(source: Place, target: Place, versions: Mapping[str, Version], *, check: bool) -> list[str]:
    """Copy images and signatures that the target's registry lacks, and return the services of which one was copied."""
    copied = []
    for name, version in versions.items():
        pair = source.repository(name), target.repository(name)
        lacking = [one for one in _signed(pair[0], version) if not is_there(pair[1], *one)]
        if lacking:
            copied.append(name)
        for digest, tag in () if check else lacking:
            copy_image(*pair, digest, tag)
    return copied


def _signed(source: Repository, version: Version) -> list[tuple[str, str]]:
    """Return digest and tag of a version's image, and of its signature where there is one."""
    signature = source.signature(version["digest"])
    return [(version["digest"], version["image_tag"]), *([signature] if signature else [])]


def promotion_lines(
    source: Place, target: Place, versions: Mapping[str, Version], runs: Mapping[str, Version], copied: list[str]
) -> list[str]:
    """Return a line a service for people."""
    return [
        f"{name} {version['image_tag']} {version['digest'][:19]} from {source.name}"
        f"{', image copied' if name in copied else ''}; {target.name} runs {_runs(runs.get(name), version)}"
        for name, version in versions.items()
    ]


def _runs(runs: Mapping[str, Any] | None, version: Version) -> str:
    if not runs:
        return "nothing yet: site.yml releases it first"
    return "the same" if runs["digest"] == version["digest"] else str(runs["image_tag"] or runs["digest"][:19])
