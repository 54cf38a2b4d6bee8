"""What is imported ahead is what the payload brings, byte for byte, and depends on nothing that a task may set."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from ansible.module_utils import basic
from ansible_collections.amazon.aws.plugins import module_utils as amazon

from ansible_collections.slipway.aws.plugins.plugin_utils.warm.fork import READ_AT_START, Shell
from ansible_collections.slipway.aws.plugins.plugin_utils.warm.request import Request

ROOT = Path(__file__).parents[3]
INIT = "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n"
BASE = {"ansible/__init__.py": INIT, "ansible/module_utils/__init__.py": INIT}
# Does in a process of its own what the server does, and what a fork does, with each payload of a list.
LEARN = """
import base64, json, os, sys
from pathlib import Path
from ansible_collections.slipway.aws.plugins.plugin_utils.warm.payloads import Payloads, forget_all_but
for name in [name for name in sys.modules if name.startswith("ansible")]:
    del sys.modules[name]
store, payloads = Path(sys.argv[1]), json.loads(sys.stdin.read())
known, told = Payloads(store), []
for number, payload in enumerate(payloads):
    kept = known.learn(payload.encode())
    read, write = os.pipe()
    if os.fork() == 0:
        forget_all_but(kept, store)
        file = store.parent / f"{number}_payload.zip"
        file.write_bytes(base64.b64decode(payload))
        sys.path.insert(0, str(file))
        found = {}
        for name in ("one", "two", "three"):
            try:
                module = __import__("ansible.module_utils", fromlist=[name])
                found[name] = getattr(module, name).VALUE
            except (ImportError, AttributeError, ValueError):
                found[name] = None
        os.write(write, json.dumps({"kept": sorted(kept), "found": found, "here": module.__path__[0]}).encode())
        os._exit(0)
    os.close(write)
    told.append(json.loads(os.read(read, 65536)))
    os.wait()
print(json.dumps(told))
"""
# Names every variable that an import reads. The learning starts after the interpreter, so its own are not among them.
SPY = """
import os, sys
read = set()
class Spy(type(os.environ)):
    def __getitem__(self, key):
        read.add(key)
        return super().__getitem__(key)
os.environ.__class__ = Spy
from ansible_collections.slipway.aws.plugins.plugin_utils.warm import models
from pathlib import Path
import importlib
for place in sys.argv[1:]:
    package, _, directory = place.partition("=")
    for file in sorted(Path(directory).rglob("*.py")):
        name = ".".join([package, *file.relative_to(directory).with_suffix("").parts]).removesuffix(".__init__")
        try:
            importlib.import_module(name)
        except Exception:
            pass
print(*sorted(read))
"""


def run(script: str, *arguments: str, stdin: str = "") -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "collections")}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, input=stdin, env=environment, check=True, capture_output=True, text=True).stdout


def learn(tmp_path: Path, *payloads: dict[str, str]) -> list[dict[str, Any]]:
    zipped = []
    for files in payloads:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w") as file:
            for name, source in {**BASE, **files}.items():
                file.writestr(name, source)
        zipped.append(base64.b64encode(memory.getvalue()).decode())
    told: list[dict[str, Any]] = json.loads(run(LEARN, str(tmp_path / "store"), stdin=json.dumps(zipped)))
    return told


def util(**values: int) -> dict[str, str]:
    return {f"ansible/module_utils/{name}.py": f"VALUE = {value}\n" for name, value in values.items()}


def test_what_was_brought_before_is_kept(tmp_path: Path) -> None:
    first, second = learn(tmp_path, util(one=1), util(one=1, two=2))
    assert first["found"] == {"one": 1, "two": None, "three": None}
    assert second["found"] == {"one": 1, "two": 2, "three": None}
    assert {"ansible", "ansible.module_utils", "ansible.module_utils.one"} <= set(second["kept"])


def test_what_a_module_does_not_bring_is_not_there(tmp_path: Path) -> None:
    _, second = learn(tmp_path, util(one=1, two=2), util(two=2))
    assert second["found"] == {"one": None, "two": 2, "three": None}


def test_other_bytes_are_imported_anew_with_all_that_belongs_to_them(tmp_path: Path) -> None:
    _, second, third = learn(tmp_path, util(one=1, two=2), util(one=10, two=2), util(one=1))
    assert second["found"] == {"one": 10, "two": 2, "three": None}
    assert second["kept"] == []
    assert third["found"] == {"one": 1, "two": None, "three": None}


def test_what_cannot_be_imported_ahead_is_left_to_the_module(tmp_path: Path) -> None:
    (told,) = learn(tmp_path, {**util(one=1), "ansible/module_utils/two.py": "raise ValueError\n", **util(three=3)})
    assert told["found"] == {"one": 1, "two": None, "three": 3}
    assert "ansible.module_utils.two" not in told["kept"]


def test_new_modules_come_from_the_payload(tmp_path: Path) -> None:
    (told,) = learn(tmp_path, util(one=1))
    assert told["here"].endswith("0_payload.zip/ansible/module_utils")


def test_imports_read_no_variable_that_a_task_may_set() -> None:
    places = [f"ansible.module_utils={Path(basic.__file__).parent}"]
    for collection in ("amazon", "community"):
        where = Path(next(iter(amazon.__path__))).parents[2] / collection / "aws" / "plugins" / "module_utils"
        places = [f"ansible_collections.{collection}.aws.plugins.module_utils={where}", *places]
    read = run(SPY, *places).split()
    assert "HOME" in read  # botocore's; a spy that sees nothing would find nothing either
    assert [name for name in read if not READ_AT_START.match(name)] == []


def request(task: dict[str, str], **environment: str) -> Request:
    return Request("", "/", 0o22, {**os.environ, **environment}, task)


def test_a_task_with_another_start_is_refused() -> None:
    shell = Shell(dict(os.environ))
    assert shell.refusal(request({"AWS_REGION": "eu-west-1"})) == ""
    assert shell.refusal(request({"PYTHONPATH": "/nowhere"})) == "PYTHONPATH differs"
    assert shell.refusal(request({}, TZ="EST", LC_ALL="C.UTF-16")) == "LC_ALL differs, TZ differs"
    assert shell.refusal(request({"HOME": os.environ["HOME"]})) == ""


def test_the_environment_is_that_which_the_shell_passes_on() -> None:
    shell = Shell({**os.environ, "not a name": "1", "PWD": "/nowhere"})
    environment = shell.environment(request({"ONE": "1"}, **{"not a name": "1"}))
    assert environment["ONE"] == "1"
    assert "not a name" not in environment
    assert environment["PWD"] == str(Path.cwd())
