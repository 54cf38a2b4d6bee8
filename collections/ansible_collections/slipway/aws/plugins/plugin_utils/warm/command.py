"""Which commands are a module run in exactly the form that Ansible gives it; everything else is none of ours."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
PAYLOAD = re.compile(rb"^zip_data='([A-Za-z0-9+/=]+)',$", re.MULTILINE)
MARK = b"\n_ANSIBALLZ_WRAPPER = True\n"
#: What ansible-core 2.20 puts behind each command, for old ways over SSH.
NOTHING = " && sleep 0"


@dataclass(frozen=True)
class ModuleRun:
    """A module run as Ansible would give it to a shell.

    Attributes:
        source: the wrapper that Ansible builds around a module, its ``module_utils`` and its arguments.
        script: the file that the wrapper stands in; empty where it goes through standard input.
        environment: what the task sets.
    """

    source: bytes
    script: str
    environment: dict[str, str]


def module_run(command: str, stdin: bytes | None, shell: str, interpreter: str) -> ModuleRun | None:
    """Return the module run that ``command`` is, or ``None`` where it is anything else.

    Args:
        command: e.g. ``/bin/sh -c 'AWS_REGION=us-east-1 /usr/bin/python3'``.
        stdin: what the command reads; the wrapper, when pipelining.
        shell: the shell that may stand there, e.g. ``/bin/sh``.
        interpreter: the Python that may stand there.
    """
    words = _words(command)
    if len(words) != 3 or words[:2] != [shell, "-c"]:  # noqa: PLR2004  shell, -c, what it runs
        return None
    wanted = words[2].strip().removesuffix(NOTHING)
    inner = _words(wanted)
    settings = [word for word in inner if ASSIGNMENT.match(word)]
    rest = inner[len(settings) :]
    environment = dict(word.split("=", 1) for word in settings)
    if wanted != _render(environment, rest) or rest[:1] != [interpreter]:
        return None  # something that the shell would have a say in
    return _with_source(rest[1:], stdin, environment)


def payload(source: bytes) -> bytes | None:
    """Return the zip file, in Base64, of a wrapper; ``None`` where ``source`` is no wrapper."""
    found: list[bytes] = PAYLOAD.findall(source)
    return found[0] if MARK in source and len(found) == 1 else None


def _with_source(arguments: list[str], stdin: bytes | None, environment: dict[str, str]) -> ModuleRun | None:
    if not arguments and stdin:
        run = ModuleRun(stdin, "", environment)
    elif len(arguments) == 1 and not stdin and Path(arguments[0]).name.startswith("AnsiballZ_"):
        run = ModuleRun(Path(arguments[0]).read_bytes(), arguments[0], environment)
    else:
        return None
    return run if payload(run.source) else None


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # a quotation that does not end
        return []


def _render(environment: dict[str, str], rest: list[str]) -> str:
    return " ".join([f"{name}={shlex.quote(value)}" for name, value in environment.items()] + [shlex.join(rest)])
