"""What a new user gets wrong at a terminal, and the message that says what to do; wrong values: test_preflight.py."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.playbook_inputs import entry_points, load

ROOT = Path(__file__).parents[3]
#: Neither credentials nor a way to get any.
NOBODY = {
    "HOME": "/nonexistent",
    "AWS_EC2_METADATA_DISABLED": "true",
    "ANSIBLE_NOCOLOR": "1",
    "COLUMNS": "500",
}
DEV = ("-i", "inventories/dev")
RELEASE = ("playbooks/release.yml", *DEV)

#: The arguments of ansible-playbook, and the parts of its message.
MISTAKES: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "no inventory": (("site.yml",), ["no inventory was given", "-i inventories/ENVIRONMENT"]),
    "no inventory for a release": (
        ("playbooks/abort.yml", "-e", "service=web"),
        ["no inventory was given", "-i inventories/ENVIRONMENT"],
    ),
    "an inventory that there is not": (("site.yml", "-i", "inventories/prdo"), ["inventories/prdo"]),
    "two inventories": (
        ("site.yml", *DEV, "-i", "inventories/prod"),
        ["inventories of dev and prod were given together", "give -i once"],
    ),
    "a tag": (("site.yml", *DEV, "--tags", "database"), ["there are no tags here", "--limit database"]),
    "a limit that leaves out what it works on": (
        ("playbooks/remove_service.yml", *DEV, "--limit", "web", "-e", "confirm=dev", "-e", "service=api"),
        ["--limit web leaves out state, which this playbook works on"],
    ),
    "a limit that leaves out the service": (
        (*RELEASE, "--limit", "database", "-e", "service=web", "-e", "image_tag=1.1.0"),
        ["--limit database leaves out web"],
    ),
    "a component that the inventory has not": (
        ("playbooks/feature_flags.yml", *DEV),
        [
            "the inventory has no component feature_flags, which this playbook works on",
            "add it to hosts.yml, in the group access",
        ],
    ),
    "no credentials": (
        ("playbooks/release_status.yml", *DEV),
        ["Unable to locate credentials", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "python -m rehearsal env"],
    ),
    "half of the credentials": (
        ("playbooks/release_status.yml", *DEV),
        ["Partial credentials", "AWS_SECRET_ACCESS_KEY", "set AWS_PROFILE, or"],
    ),
    "a playbook that there is not": (("playbooks/relase.yml", *DEV), ["playbooks/relase.yml could not be found"]),
    "no service": ((*RELEASE, "-e", "image_tag=1.1.0"), ["service is not set", "-e service=NAME", "allowed are web"]),
    "a service that there is not": (
        (*RELEASE, "-e", "service=wbe", "-e", "image_tag=1.1.0"),
        ["service is wbe", "allowed are web"],
    ),
    "a service beside others": (
        (*RELEASE, "-e", "service=web", "-e", "services=web,worker"),
        ["service is web and services is web,worker; give one of them: -e service=NAME"],
    ),
    "a template for a tag": (
        (*RELEASE, "-e", "service=web", "-e", "image_tag={{ foo }}"),
        ["image_tag is '{{ foo }}', which is a template"],
    ),
    "half of a limit": (
        ("playbooks/preflight.yml", *DEV, "--limit", "database,nope"),
        ["--limit database,nope: there is no host or group nope"],
    ),
    "a protected environment": (
        (
            "playbooks/teardown.yml",
            "-i",
            "inventories/prod",
            "-e",
            "confirm=prod",
            "-e",
            "load_balancer_deletion_protection=false",
        ),
        [
            "with its data. database_deletion_protection is true",
            """give -e '{"database_deletion_protection": false}'.""",
        ],
    ),
    "a misspelt name": ((*RELEASE, "-e", "servce=web"), ["servce", "did you mean service?"]),
    "a number for a tag": (
        (*RELEASE, "-e", '{"service": "web", "image_tag": 1.10}'),
        ["image_tag is 1.1, which is not text", "-e image_tag=TEXT"],
    ),
    "a word for a number": (
        (*RELEASE, "-e", "service=web", "-e", "release_bake_minutes=ten"),
        ["release_bake_minutes is 'ten'; allowed is a number (float)", "roles/release/README.md"],
    ),
    "a list with a space": (
        (*RELEASE, "-e", "service=web", "-e", "release_steps=[50, 100]"),
        ["release_steps is '[50,'; allowed is a list", """-e '{"release_steps": [...]}'"""],
    ),
    "a strategy that there is not": (
        (*RELEASE, "-e", "service=web", "-e", "release_strategy=canry"),
        ["release_strategy is 'canry'; allowed are canary, linear, blue_green, all_at_once, rolling"],
    ),
    "no confirmation": (("playbooks/teardown.yml", *DEV), ["removes dev with its data", "give -e confirm=dev"]),
    "another environment's name": (
        ("playbooks/teardown.yml", *DEV, "-e", "confirm=prod"),
        ["confirm is prod; give -e confirm=dev"],
    ),
    "a host that there is not": (("site.yml", *DEV, "--limit", "wbe"), ["ignoring: wbe", "no hosts to target"]),
    "no source": (
        ("playbooks/promote_environment.yml", "-i", "inventories/staging"),
        ["source is not set; give -e source=ENVIRONMENT, for staging one of dev"],
    ),
    "a clock of another cloud": (
        ("playbooks/release_status.yml", *DEV),
        ["SLIPWAY_TIME_SCALE is 60, but AWS_ENDPOINT_URL is not on this machine", "Unset SLIPWAY_TIME_SCALE"],
    ),
}
#: What is in the environment, where that is the mistake.
VARIABLES = {
    "half of the credentials": {"AWS_ACCESS_KEY_ID": "x"},
    "a clock of another cloud": {"SLIPWAY_TIME_SCALE": "60"},
}


@pytest.mark.parametrize("case", MISTAKES)
def test_the_message_says_what_to_do(case: str) -> None:
    arguments, parts = MISTAKES[case]
    given = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SLIPWAY_"))}
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", *arguments],
        cwd=ROOT,
        env={**given, **NOBODY, **VARIABLES.get(case, {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode != 0, "it ended well"
    told = " ".join((done.stdout + done.stderr).split())
    for part in parts:
        assert part in told, f"the message lacks {part!r}: {told[-1500:]}"


JOBS = {ROOT / one["playbook"] for one in load(ROOT / "awx" / "job_templates.yml")["awx_templates"]}


@pytest.mark.parametrize("playbook", sorted(JOBS | set(entry_points())), ids=lambda path: path.name)
def test_every_run_begins_with_a_play_that_knows_of_no_inventory(playbook: Path) -> None:
    play = load(playbook)[0]
    while "ansible.builtin.import_playbook" in play:
        playbook = playbook.parent / play["ansible.builtin.import_playbook"]
        play = load(playbook)[0]
    assert "given_hosts(" in play["hosts"], f"{playbook.name}: {play['name']}"
