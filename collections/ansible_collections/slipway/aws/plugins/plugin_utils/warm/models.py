"""botocore's service models, parsed once a run: a fork says which it read, and the forks after it find them read."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import boto3
import botocore
from botocore import loaders

#: Where the models are that do not change during a run; a user's own, under ``~/.aws/models``, are read each time.
INSTALLED = tuple(str(Path(package.__path__[0]) / "data") for package in (boto3, botocore))
#: Bytes for the names of the models that one fork read.
ROOM = 16384


class Models(loaders.JSONFileLoader):
    """Reads model files for every session of a process, through botocore's own switch for who reads them."""

    read: dict[str, Any] = {}  # noqa: RUF012  one for all sessions
    #: Memory shared with the server; a descriptor could be closed, and opened for something else, by the module.
    told = mmap.mmap(-1, ROOM)

    def load_file(self, file_path: str) -> Any:
        """Return the model in ``file_path`` (without its extension), ``None`` where there is no such file."""
        if file_path not in self.read:
            found = super().load_file(file_path)
            if found is None or not file_path.startswith(INSTALLED):
                return found
            self.read[file_path] = found
            _tell(self.told, file_path)
        return self.read[file_path]


def install() -> None:
    """Let every session of this process read its models here."""
    loaders.Loader.FILE_LOADER_CLASS = Models


def new_memory() -> mmap.mmap:
    """Return memory for the next fork to tell in."""
    Models.told = mmap.mmap(-1, ROOM)
    return Models.told


def learn(told: mmap.mmap) -> None:
    """Read what a fork has told."""
    for name in told[:].rstrip(b"\0").decode().splitlines():
        Models().load_file(name)
    told.close()


def _tell(told: mmap.mmap, file_path: str) -> None:
    line = file_path.encode() + b"\n"
    if told.tell() + len(line) <= ROOM:
        told.write(line)
