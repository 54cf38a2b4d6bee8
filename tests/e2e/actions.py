"""GitHub's side of the workflows on this machine: act runs them, small actions and programs stand in for the others."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.controller import copy_tree
from tests.e2e.environment import ROOT

ACT = str(Path(sys.executable).with_name("act"))
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
_USES = re.compile(r"uses: ([\w-]+/[\w-]+)(/[\w-]+)?@([0-9a-f]{40})")
#: What an action does here, in bash; all others do nothing.
DOES = {
    "actions/checkout": 'git init --quiet && git remote add origin "$ORIGIN" && git fetch --quiet origin && '
    'git checkout --quiet --force -B "$GITHUB_REF_NAME" "origin/$GITHUB_REF_NAME"',
    "aws-actions/amazon-ecr-login": f'echo "registry={REGISTRY}" >> "$GITHUB_OUTPUT"',
}
ACTION = """
name: {name}
outputs:
  registry: {{value: "${{{{ steps.do.outputs.registry }}}}"}}
runs:
  using: composite
  steps:
    - {{id: do, shell: bash, run: {command}}}
"""
#: docker pushes what the local cloud has in its catalogue; gh and cosign write down what they are asked for.
DOCKER = """#!/usr/bin/env {python}
import re, subprocess, sys
import boto3
words = sys.argv[1:]
name = next(word for word in words if "dkr.ecr" in word)
repository, tag = re.fullmatch(r"[^/]+/(.+):([^:]+)", name).groups()
if "build" in words:
    image = f"{{repository.rpartition('/')[2]}}:{{tag}}"
    sys.exit(subprocess.run([sys.executable, "-m", "rehearsal", "push", image, repository], cwd={root!r}).returncode)
try:
    found = boto3.client("ecr", "us-east-1").describe_images(repositoryName=repository, imageIds=[{{"imageTag": tag}}])
except Exception as error:
    sys.exit(str(error))
print(found["imageDetails"][0]["imageDigest"])
"""
TOLD = """#!/usr/bin/env {python}
import json, sys
from pathlib import Path
pairs = zip(["", *sys.argv[1:]], sys.argv[1:])
words = [Path(word).read_text() if before == "--body-file" else word for before, word in pairs]
with open({told!r}, "a") as told:
    told.write(json.dumps([{name!r}, *words]) + "\\n")
if words[:2] == ["issue", "list"] and Path({issue!r}).exists():
    print(Path({issue!r}).read_text())
"""


class Workflows:
    """A repository with an origin, whose workflows run on this machine.

    Args:
        place: an empty directory.
        variables: process environment that leads to the local cloud.
    """

    def __init__(self, place: Path, variables: dict[str, str]) -> None:
        self.place, self.tree = place, place / "tree"
        self.issue, self._told = place / "issue", place / "told"
        copy_tree(self.tree)
        (self.tree / ".venv").symlink_to(ROOT / ".venv")
        self._programs()
        home = place / "home"
        home.mkdir()
        path = f"{place / 'bin'}:{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
        own = {
            "PATH": path,
            "HOME": str(home),
            "ORIGIN": str(place / "origin.git"),
            "XDG_CACHE_HOME": str(home),
            "ANSIBLE_FORCE_COLOR": "0",
        }
        self.variables = {**variables, **own, "SLIPWAY_REHEARSAL_DIR": os.environ["SLIPWAY_REHEARSAL_DIR"]}

    def commit(self) -> None:
        """Put the tree as it is into a repository with an origin."""
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "All")
        subprocess.run(["git", "clone", "--quiet", "--bare", self.tree, self.place / "origin.git"], check=True)
        self.git("remote", "add", "origin", str(self.place / "origin.git"))

    def git(self, *words: str) -> str:
        """Run Git in the tree and return what it says."""
        who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
        return subprocess.run(["git", *who, *words], cwd=self.tree, capture_output=True, text=True, check=True).stdout

    def wanted(self, environment: str, branch: str = "main") -> str:
        """Return what releases.yml of a branch of the origin says."""
        self.git("fetch", "--quiet", "origin")
        return self.git("show", f"origin/{branch}:inventories/{environment}/group_vars/{environment}/releases.yml")

    def told(self, program: str) -> list[list[str]]:
        """Return what a program was asked for, call by call."""
        lines = self._told.read_text(encoding="utf-8").splitlines() if self._told.exists() else []
        return [words for name, *words in map(json.loads, lines) if name == program]

    def run(self, event: str, workflow: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a workflow, with the stand-ins for every action that it and its parts use."""
        command = [ACT, event, "-W", f".github/workflows/{workflow}", "-P", "ubuntu-24.04=-self-hosted", *arguments]
        for name, directory in self._actions().items():
            command += ["--local-repository", f"{name}={directory}"]
        for name, value in {"AWS_ROLE_ARN": "none", "AWS_REGION": "us-east-1", "NAME_PREFIX": "slipway-dev"}.items():
            command += ["--var", f"{name}={value}"]
        (self.place / "env").write_text("".join(f"{n}={v}\n" for n, v in self.variables.items() if "\n" not in v))
        command += ["--env-file", str(self.place / "env")]
        return subprocess.run(
            command, cwd=self.tree, env=self.variables, capture_output=True, text=True, timeout=1100, check=False
        )

    def _actions(self) -> dict[str, Path]:
        texts = "".join(path.read_text(encoding="utf-8") for path in (self.tree / ".github").rglob("*.yml"))
        found = {f"{name}@{commit}": (name, part) for name, part, commit in _USES.findall(texts)}
        return {uses: self._action(name, part) for uses, (name, part) in found.items()}

    def _action(self, name: str, part: str) -> Path:
        directory = self.place / "actions" / name
        if not directory.exists():
            (directory / part.strip("/")).mkdir(parents=True)
            command = json.dumps(DOES.get(name, "true"))
            text = ACTION.format(name=name, command=command)
            (directory / part.strip("/") / "action.yml").write_text(text, encoding="utf-8")
            for words in (
                ["init", "-q"],
                ["add", "-A"],
                ["-c", "user.name=T", "-c", "user.email=t@e", "commit", "-qm", "x"],
            ):
                subprocess.run(["git", *words], cwd=directory, check=True)
        return directory

    def _programs(self) -> None:
        programs, python = self.place / "bin", shutil.which("python3") or sys.executable
        programs.mkdir()
        values = {"python": "python3", "told": str(self._told), "issue": str(self.issue), "root": str(ROOT)}
        texts = {"docker": DOCKER, "gh": TOLD, "cosign": TOLD}
        assert python
        for name, text in texts.items():
            (programs / name).write_text(text.format(name=name, **values), encoding="utf-8")
            (programs / name).chmod(0o755)
