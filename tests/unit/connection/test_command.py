"""Only a module run in the very form that Ansible gives it goes to the server."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.plugin_utils.warm.command import ModuleRun, module_run, payload

PYTHON = "/opt/a venv/bin/python3"
SOURCE = b"#!/opt/python\n_ANSIBALLZ_WRAPPER = True\n_ansiballz_main(\nparams='x',\nzip_data='UEsD+/==',\n)\n"


def command(inner: str) -> str:
    return f"/bin/sh -c {shlex.quote(inner)}"


def taken(line: str, stdin: bytes | None = SOURCE) -> ModuleRun | None:
    return module_run(line, stdin, "/bin/sh", PYTHON)


def test_a_wrapper_through_standard_input() -> None:
    assert taken(command(f"{shlex.quote(PYTHON)} ")) == ModuleRun(SOURCE, "", {})
    assert payload(SOURCE) == b"UEsD+/=="


def test_a_wrapper_as_core_2_20_gives_it() -> None:
    assert taken(command(f"{shlex.quote(PYTHON)} && sleep 0")) == ModuleRun(SOURCE, "", {})
    assert taken(command(f"{shlex.quote(PYTHON)} && sleep 1")) is None


def test_a_wrapper_in_a_file(tmp_path: Path) -> None:
    script = tmp_path / "AnsiballZ_stat.py"
    script.write_bytes(SOURCE)
    line = command(shlex.join([PYTHON, str(script)]))
    assert taken(line, None) == ModuleRun(SOURCE, str(script), {})
    assert taken(line, b"") == ModuleRun(SOURCE, str(script), {})
    assert taken(line, b"something to read") is None
    assert taken(command(shlex.join([PYTHON, str(script), "explode"])), None) is None
    assert taken(command(shlex.join([PYTHON, str(script.rename(tmp_path / "other.py"))])), None) is None


names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True)
values = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(environment=st.dictionaries(names, values, max_size=4))
def test_any_environment_arrives_as_it_was_given(environment: dict[str, str]) -> None:
    settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    found = taken(command(f"{settings} {shlex.quote(PYTHON)}".strip()))
    assert found == ModuleRun(SOURCE, "", environment)


@pytest.mark.parametrize(
    "line",
    [
        shlex.quote(PYTHON),
        f"/bin/bash -c {shlex.quote(shlex.quote(PYTHON))}",
        f"sudo {command(shlex.quote(PYTHON))}",
        command(shlex.quote(PYTHON)) + " && true",
        command("/usr/bin/python3"),
        command(f"{shlex.quote(PYTHON)} -E"),
        command(f"cd / ; {shlex.quote(PYTHON)}"),
        command(f"A=$HOME {shlex.quote(PYTHON)}"),
        command(f"A=1 A=2 {shlex.quote(PYTHON)}"),
        command(f"A=`id` {shlex.quote(PYTHON)}"),
        command(f"{shlex.quote(PYTHON)} A=1"),
        command("A=1"),
        "/bin/sh -c 'unended",
        "",
    ],
)
def test_everything_else_is_left_alone(line: str) -> None:
    assert taken(line) is None


@pytest.mark.parametrize("stdin", [None, b"", b"print(1)", SOURCE.replace(b"_ANSIBALLZ", b"#"), SOURCE + SOURCE])
def test_what_is_no_wrapper_is_left_alone(stdin: bytes | None) -> None:
    assert taken(command(shlex.quote(PYTHON)), stdin) is None
