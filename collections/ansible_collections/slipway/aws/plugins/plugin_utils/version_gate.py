"""Whether this version of Slipway may change an environment that another one has left. Pure functions.

Versions are ordered as https://packaging.python.org/en/latest/specifications/version-specifiers/ says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from .resource import ConvergeError

#: What left an environment that stands and says of no version.
UNKNOWN = "0"
NEW = ""


@dataclass(frozen=True)
class Gate:
    """The versions that meet.

    Attributes:
        stands: that was last used on the environment; ``NEW`` when nothing stands.
        version: of this project.
        accepted: ``upgrade_from``, by which somebody says that all of it is meant.
    """

    stands: str
    version: str
    accepted: str = ""

    def crossed(self, changes: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
        """Return those breaking changes, each with ``version``, ``what`` and ``do``, that came after what stands."""
        if self.stands == NEW:
            return []
        stands, version = _parsed(self.stands), _parsed(self.version)
        return [change for change in changes if stands < _parsed(change["version"]) <= version]

    @property
    def older(self) -> bool:
        """Whether a newer version than this one was used on the environment."""
        return self.stands != NEW and _parsed(self.stands) > _parsed(self.version)

    def refusal(self, environment: str, changes: Iterable[Mapping[str, str]]) -> str:
        """Return why this version must not go on, and what to do; empty when it may."""
        accept = f"-e upgrade_from={self.stands}"
        if self.accepted == self.stands:
            return ""
        if self.older:
            return (
                f"{environment} was last changed by Slipway {self.stands} and this is {self.version}, which does not"
                f" know what that one made: use {self.stands} or a newer one; to go back all the same, {accept}"
            )
        crossed = self.crossed(changes)
        if not crossed:
            return ""
        told = "; ".join(f"{change['what']}: {change['do']}" for change in crossed)
        return (
            f"{environment} was last changed by Slipway {self._named()} and this is {self.version}; what"
            f" changed between them needs something of you: {told}. playbooks/plan.yml shows what the upgrade would"
            f" change; when all of it is done, {accept}"
        )

    def _named(self) -> str:
        return "of an unknown version" if self.stands == UNKNOWN else self.stands


def _parsed(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:
        raise ConvergeError(f"{version!r} is no version of Slipway; one looks like 1.4.0") from None
