"""The ``module_utils`` that modules bring along, imported once a run, from the very bytes that they bring."""

from __future__ import annotations

import base64
import contextlib
import gc
import hashlib
import importlib
import io
import sys
import zipfile
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

ROOTS = ("ansible", "ansible_collections")
#: What is imported ahead: code that keeps nothing of the directory or the time at which it is imported.
AHEAD = (
    "ansible/module_utils/",
    "ansible_collections/amazon/aws/plugins/module_utils/",
    "ansible_collections/community/aws/plugins/module_utils/",
)
#: The files of the packages above.
ABOVE = {f"{parent}/__init__.py" for path in AHEAD for parent in Path(path).parents}


class Payloads:
    """What the payloads of this run have brought.

    Args:
        store: a new directory; sources are laid out in it as they are in a payload.
    """

    def __init__(self, store: Path) -> None:
        self.store = store
        self._sources: dict[str, bytes] = {}
        self._known: dict[bytes, set[str]] = {}

    def learn(self, payload: bytes) -> set[str]:
        """Import what a payload (a zip file in Base64) brings; return the modules that a fork for it may keep.

        A module that is not in the payload is not kept: with ``local`` it would not be there. Nothing is kept where one
        byte of a source differs from what was imported under its name.
        """
        digest = hashlib.sha256(payload).digest()
        if digest not in self._known:
            self._known[digest] = self._learn(_read(payload))
        return self._known[digest]

    def _learn(self, sources: dict[str, bytes]) -> set[str]:
        if any(self._sources.get(name, source) != source for name, source in sources.items()):
            return set()
        new = {name: source for name, source in sources.items() if name not in self._sources}
        self._sources |= new
        self._import(new)
        ours = {name for name, module in _loaded().items() if _is_under(self.store, module)}
        return ours & {_module_name(name) for name in sources}

    def _import(self, sources: dict[str, bytes]) -> None:
        for name, source in sources.items():
            path = self.store / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source)
        importlib.invalidate_caches()
        sys.path.insert(0, str(self.store))
        for name in sources:
            if name.endswith(".py"):
                with contextlib.suppress(Exception):  # the fork imports it again, and the module sees the error
                    importlib.import_module(_module_name(name))
        sys.path.remove(str(self.store))
        gc.collect()
        gc.freeze()  # forks share what is never looked at again


def forget_all_but(kept: set[str], store: Path) -> None:
    """Make this process as if only the modules ``kept`` had been imported, and those from the payload that will run."""
    for name, module in _loaded().items():
        if name not in kept:
            del sys.modules[name]
            parent, _, own = name.rpartition(".")
            if getattr(sys.modules.get(parent), own, None) is module:
                delattr(sys.modules[parent], own)
    packages = [module for module in _loaded().values() if hasattr(module, "__path__")]
    for package in packages:
        package.__path__[:] = [path for path in package.__path__ if not path.startswith(str(store))]
    sys.meta_path.insert(0, PayloadPath(packages))


class PayloadPath(MetaPathFinder):
    """Finds nothing; puts the payload in front of the packages' paths once the wrapper has put it on ``sys.path``."""

    def __init__(self, packages: list[ModuleType]) -> None:
        self._packages = packages

    def find_spec(self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> None:
        """Look whether the payload is there when the first module of Ansible is sought that was not kept."""
        if fullname.split(".", maxsplit=1)[0] in ROOTS and sys.path[0].endswith("_payload.zip"):
            sys.meta_path.remove(self)
            for package in self._packages:
                package.__path__.insert(0, f"{sys.path[0]}/{package.__name__.replace('.', '/')}")


def _read(payload: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(payload))) as file:
        return {name: file.read(name) for name in file.namelist() if name in ABOVE or name.startswith(AHEAD)}


def _loaded() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.split(".")[0] in ROOTS}


def _module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_under(store: Path, module: ModuleType) -> bool:
    return (getattr(module, "__file__", None) or "").startswith(f"{store}/")
