"""The reference image: pinned, small, without a shell, of a user who owns nothing. The workflow verify builds it."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
APP = ROOT / "app"
DOCKERFILE = (APP / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [line for line in re.sub(r"\\\n", " ", DOCKERFILE).splitlines() if line and not line.startswith("#")]
#: What a container is made of, beside its base.
LAYERS = 3
_LOCKED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?P<rest>(?:.*\\\n)+.*)", re.MULTILINE)


def stages() -> list[list[str]]:
    """Return the instructions of each stage."""
    starts = [number for number, line in enumerate(INSTRUCTIONS) if line.startswith("FROM ")]
    return [INSTRUCTIONS[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def named(stage: list[str], *names: str) -> list[str]:
    return [line.partition(" ")[2] for line in stage if line.partition(" ")[0] in names]


def test_hadolint_has_nothing_to_say() -> None:
    command = [Path(sys.executable).parent / "hadolint", APP / "Dockerfile"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_base_is_pinned_by_digest_and_the_last_has_no_shell() -> None:
    assert len(stages()) == 2
    assert all(re.match(r"FROM \S+:\S+@sha256:[0-9a-f]{64}( AS \w+)?$", stage[0]) for stage in stages())
    last = stages()[-1]
    assert "/distroless/" in last[0]
    assert named(last, "RUN", "ADD", "SHELL", "HEALTHCHECK") == []
    assert all(text.startswith("[") for text in named(last, "CMD", "ENTRYPOINT"))


def test_it_runs_as_a_user_and_takes_few_layers_from_the_build_alone() -> None:
    last = stages()[-1]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", named(last, "USER")[-1])
    copies = named(last, "COPY")
    assert len(copies) == LAYERS
    assert all(text.startswith("--from=build ") and "--chown" not in text for text in copies)


def test_the_code_does_not_decide_about_the_layer_of_the_packages() -> None:
    build = stages()[0]
    install = next(number for number, line in enumerate(build) if '"pip"' in line)
    assert "--require-hashes" in build[install]
    assert named(build[:install], "COPY") == ["app/requirements.lock ."]


def test_the_lock_has_what_the_service_requires_with_hashes() -> None:
    locked = {
        canonicalize_name(one["name"]): (one["version"].rstrip(" \\;"), one["rest"])
        for one in _LOCKED.finditer((APP / "requirements.lock").read_text(encoding="utf-8"))
    }
    assert all("--hash=sha256:" in rest for _, rest in locked.values())
    for line in (APP / "requirements.txt").read_text(encoding="utf-8").splitlines():
        wanted = Requirement(line)
        version, _ = locked[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(version), f"{line}: app/requirements.lock has {version}; make lock"


def test_nothing_but_the_service_goes_into_the_build() -> None:
    rules = (APP / "Dockerfile.dockerignore").read_text(encoding="utf-8").split("\n")
    rules = [rule for rule in rules if rule and not rule.startswith("#")]
    assert rules[:2] == ["*", "!app"]
    assert fnmatch.filter(["app/Dockerfile"], rules[-2])
    assert "**/__pycache__" in rules
