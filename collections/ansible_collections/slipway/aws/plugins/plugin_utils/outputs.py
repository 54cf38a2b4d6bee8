"""What components publish for each other: SSM parameters ``<path>/<component>/<name>``, read in one call a task."""

from __future__ import annotations

from typing import Any

from .cloud import Cloud
from .references import Reference
from .resource import ConvergeError
from .unknown import Unknown


class Outputs:
    """Published values under one path.

    Args:
        cloud: the account and region.
        path: e.g. ``/slipway/prod``.
    """

    def __init__(self, cloud: Cloud, path: str) -> None:
        self.cloud = cloud
        self.path = path.rstrip("/")

    def all(self) -> dict[str, Any]:
        """Return every published value by ``component/name``; a StringList is a list."""
        found: dict[str, Any] = self.cloud.cached(("outputs", self.path), self._read)
        return found

    def value(self, reference: Reference, *, check: bool) -> Any:
        """Return the value a reference points to; in check mode one that is not there yet is unknown.

        Raises:
            ConvergeError: it is not published; the message says who has to run first.
        """
        found = self.all().get(f"{reference.name}/{reference.attribute}")
        if found is not None:
            return found
        if check:
            return Unknown(str(reference))
        component = reference.name.split("/")[0]
        raise ConvergeError(
            f"{self.path}/{reference.name}/{reference.attribute} is not published yet;"
            f" run the component {component} first (--limit {component})"
        )

    def _read(self) -> dict[str, Any]:
        parameters = self.cloud.pages(
            "ssm", "get_parameters_by_path", "Parameters", Path=f"{self.path}/", Recursive=True, WithDecryption=True
        )
        start = len(self.path) + 1
        return {item["Name"][start:]: _typed(item) for item in parameters}


def _typed(parameter: dict[str, Any]) -> Any:
    value = parameter["Value"]
    return value.split(",") if parameter["Type"] == "StringList" else value
