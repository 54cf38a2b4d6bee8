"""What components publish for each other: SSM parameters ``<path>/<component>/<name>``, read together once a task."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from .cloud import Cloud
from .parallel import side_by_side
from .references import Reference, resolve
from .repetition import LOOK, SHOWS_WITHIN
from .resource import ConvergeError
from .run_dir import has_failed
from .unknown import Unknown

BATCH = 10  # GetParameters takes at most ten names


class Outputs:
    """Published values under one path. What was read once in a task is not read again.

    Args:
        cloud: the account and region.
        path: e.g. ``/slipway/prod``.
        planned: what earlier tasks of a plan would publish, by ``component/name``; a plan goes on with it.
    """

    def __init__(self, cloud: Cloud, path: str, planned: Mapping[str, Any] | None = None) -> None:
        self.cloud = cloud
        self.path = path.rstrip("/")
        self.planned = dict(planned or {})
        self._names: set[str] = set()
        self._values: dict[str, Any] = {}
        self._lock = threading.Lock()
        #: Virtual seconds that are left to wait for what is not published; shared by all that is asked for.
        self._patience = float(cloud.clock.showing(SHOWS_WITHIN))

    def all(self) -> dict[str, Any]:
        """Return every published value by ``component/name``; a StringList is a list."""
        parameters = self.cloud.pages(
            "ssm", "get_parameters_by_path", "Parameters", Path=f"{self.path}/", Recursive=True, WithDecryption=True
        )
        return self._named(parameters)

    def expect(self, references: Iterable[Reference]) -> None:
        """Note what will be asked for, so that the first question reads it all."""
        self._names |= {_name(reference) for reference in references if reference.type == "output"}

    def value(self, reference: Reference, *, check: bool) -> Any:
        """Return the value a reference points to; in check mode one that is not there yet is unknown.

        Raises:
            ConvergeError: it is not published; the message says who has to run first.
        """
        name = _name(reference)
        found = self._read(name)
        if found is None and check:
            return self.planned.get(name, Unknown(str(reference)))
        found = self._awaited(name) if found is None else found
        if found is not None:
            return found
        component = reference.name.split("/")[0]
        if has_failed(component):
            raise ConvergeError(f"{self.path}/{name} is not published: the component {component} failed; mend that")
        raise ConvergeError(
            f"{self.path}/{name} is not published yet; run the component {component} first (--limit {component})"
        )

    def _awaited(self, name: str) -> Any:
        """Read again what another component may have published a moment ago."""
        component = name.split("/", maxsplit=1)[0]
        while (found := self._read(name)) is None and self._patience > 0 and not has_failed(component):
            self.cloud.wait(LOOK)
            self._patience -= LOOK
            with self._lock:
                self._values.pop(name, None)
        return found

    def resolved(self, value: Any) -> Any:
        """Return a value, which may be nested, with what each reference in it points to.

        Raises:
            ConvergeError: something is not published yet.
        """
        return resolve(value, partial(self.value, check=False))

    def _read(self, name: str) -> Any:
        with self._lock:
            if name not in self._values:
                names = {name, *self._names} - set(self._values)
                found = self._named(read_parameters(self.cloud, [f"{self.path}/{item}" for item in names]))
                self._values |= dict.fromkeys(names) | found
            return self._values[name]

    def _named(self, parameters: Iterable[dict[str, Any]]) -> dict[str, Any]:
        return {item["Name"].removeprefix(f"{self.path}/"): typed(item) for item in parameters}


def _name(reference: Reference) -> str:
    return f"{reference.name}/{reference.attribute}"


def read_parameters(cloud: Cloud, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return those of the named parameters that exist, as GetParameters shows them."""
    wanted = sorted(names)

    def read(start: int) -> list[dict[str, Any]]:
        batch = wanted[start : start + BATCH]
        return list(cloud.read("ssm", "get_parameters", Names=batch, WithDecryption=True)["Parameters"])

    return [item for items in side_by_side(read, range(0, len(wanted), BATCH)) for item in items]


def typed(parameter: dict[str, Any]) -> Any:
    """Return a parameter's value; a StringList is a list."""
    value = parameter["Value"]
    return value.split(",") if parameter["Type"] == "StringList" else value
