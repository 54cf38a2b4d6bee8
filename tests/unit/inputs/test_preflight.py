"""Wrong inputs stop a run before any call, with a message that says what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

ROOT = Path(__file__).parents[3]
#: Nobody listens there: a call would fail the run with another message.
NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}


def preflight(extra: dict[str, object] | Path, playbook: str = "preflight") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "ansible",
            "playbook",
            f"playbooks/{playbook}.yml",
            "-i",
            "inventories/dev",
            "-e",
            f"@{extra}" if isinstance(extra, Path) else json.dumps(extra),
        ],
        cwd=ROOT,
        env={**os.environ, **NOWHERE, "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_inventory_as_it_is_passes() -> None:
    run = preflight({})
    assert run.returncode == 0, run.stdout


#: What is given, and the parts of the message: variable, value, what is allowed or to be done.
WRONG: dict[str, tuple[dict[str, object], list[str]]] = {
    "misspelt variable": ({"database_multiaz": True}, ["database_multiaz", "did you mean database_multi_az?"]),
    "variable like none": ({"firewall_zzzzzzzzzzzzzzzz": 1}, ["firewall_zzzzzzzzzzzzzzzz", "roles/firewall/README.md"]),
    "wrong type": ({"database_port": "many"}, ["database_port", "many", "int"]),
    "wrong boolean": ({"database_multi_az": "perhaps"}, ["database_multi_az", "perhaps", "bool"]),
    "wrong choice": ({"network_nat": "two"}, ["network_nat", "two", "none", "one", "per_zone"]),
    "wrong engine": ({"service_engine": "canary"}, ["service_engine", "canary", "weighted"]),
    "steps that are no shares": ({"release_steps": [10, 150]}, ["web: release_steps: step 2 is 150", "0.1 to 100"]),
    "numbers that are none": (
        {"database_port": 80, "aws_region": "us-est-1", "working_hours": {"wake": "7", "sleep": "20:00"}},
        ["database: database_port is 80", "aws_region is 'us-est-1'", "working_hours.wake is '7'"],
    ),
    "cpu that does not exist": ({"service_cpu": 300}, ["service_cpu", "300", "256, 512, 1024"]),
    "impossible memory": ({"service_memory": 9999}, ["service_memory is 9999", "service_cpu 256", "512, 1024, 2048"]),
    "waiver without an end": (
        {"release_waivers": [{"finding": "CVE-2022-37434", "reason": "a try", "by": "anna"}]},
        ["release_waivers: CVE-2022-37434 has no until", "give finding, until, reason, by"],
    ),
    "waivers that are none": ({"release_waivers": ["CVE-2022-37434"]}, ["release_waivers", "CVE-2022-37434", "dict"]),
    "no image": ({"releases": {}}, ["web: has no image", "releases.web.image_tag"]),
    "service nobody lists": (
        {"environment_services": {"api": {"priority": 1}}},
        ["web: not in environment_services, which has api"],
    ),
    "priority given twice": (
        {"environment_services": {"web": {"priority": 7}, "api": {"priority": 7}}},
        ["priority 7 is given to api and web"],
    ),
    "priority is no number": (
        {"environment_services": {"web": {"priority": "first"}}},
        ["environment_services.web.priority is 'first'", "1 to 50000"],
    ),
    "more services than a load balancer carries": (
        {"environment_services": {"web": {"priority": 1}} | {f"s{n}": {"priority": n} for n in range(2, 48)}},
        ["load balancer main has 47 services", "at most 45", "a new one, added at the end of load_balancers"],
    ),
    "more paths than a rule compares": (
        {"service_path_patterns": ["/a", "/b", "/c", "/d", "/e"]},
        ["web: service_path_patterns has 5 entries", "allowed are 4"],
    ),
    "account with a digit too few": (
        {"aws_account_id": "12345678901"},
        ["aws_account_id is '12345678901'", "its twelve digits in quotes"],
    ),
    "role of another account": (
        {"aws_account_id": "123456789012", "aws_role_arn": "arn:aws:iam::210987654321:role/deployer"},
        ["aws_account_id is 123456789012", "a role of account 210987654321", "a role of the environment's account"],
    ),
    "unknown environment": ({"env_name": "qa"}, ["env_name is 'qa'", "dev, staging, prod"]),
    "another environment's inventory": ({"env_name": "prod"}, ["env_name is 'prod'", "no host is in a group prod"]),
    "network that is none": ({"network_cidr": "10.0.0.0/99"}, ["network_cidr", "10.0.0.0/99"]),
    "overlapping subnets": (
        {"network_subnet_cidrs": {"public": ["10.10.0.0/24", "10.10.0.128/25"]}},
        ["network_subnet_cidrs.public[0]", "10.10.0.0/24", "10.10.0.128/25", "overlap"],
    ),
    "subnet outside of the network": (
        {"network_subnet_cidrs": {"public": ["10.99.0.0/24", "10.10.1.0/24"]}},
        ["network_subnet_cidrs", "10.99.0.0/24", "outside of network_cidr 10.10.0.0/16"],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_inputs_stop_before_any_call(case: str) -> None:
    extra, parts = WRONG[case]
    run = preflight(extra)
    assert run.returncode == 2, run.stdout
    told = " ".join(run.stdout.split())
    assert "to mend in the inventory" in told
    for part in parts:
        assert part in told, f"the message lacks {part!r}: {told[-1500:]}"
    assert "127.0.0.1:9" not in told


def test_every_mistake_is_told_at_once() -> None:
    run = preflight({"database_multiaz": True, "service_cpu": 300, "network_nat": "two"})
    told = " ".join(run.stdout.split())
    assert "3 to mend in the inventory" in told


def test_a_waiver_that_has_ended_stops_a_release_and_nothing_else() -> None:
    waiver = {"finding": "CVE-2022-37434", "until": "2020-01-31", "reason": "a try", "by": "anna"}
    extra: dict[str, object] = {"release_waivers": [waiver]}
    run = preflight({**extra, "service": "web", "image_tag": "1.1.0"}, "release_plan")
    assert run.returncode == 2, run.stdout
    assert "CVE-2022-37434 was waived until 2020-01-31, which is over" in " ".join(run.stdout.split())
    assert preflight(extra).returncode == 0


def test_a_vaulted_value_without_its_password_is_named(tmp_path: Path) -> None:
    secret = VaultSecret(b"of tests")
    lines = VaultLib([("default", secret)]).encrypt("ops@example.com", secret=secret).decode().splitlines()
    given = tmp_path / "vaulted.yml"
    given.write_text("notifications_emails:\n  - !vault |\n" + "".join(f"      {line}\n" for line in lines))
    run = preflight(given)
    assert run.returncode == 2, run.stdout
    told = " ".join(run.stdout.split())
    assert "notifications_emails is vaulted, and no password was given that opens it" in told
    assert "1 to mend in the inventory" in told
