"""Every module run gives the same by the warm connection as by the local one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.plugins.loader import action_loader, module_loader

from tests.unit.connection.conftest import LOCAL, ROOT, WARM, fresh

# What differs between two runs by any connection: times, inodes, ids that are drawn, temporary names; and what imports
# warn of, which a process tells once only.
VOLATILE = re.compile(
    r"^(_ansible.*|deprecations|start|end|delta|[acm]?time|date|.*_date|.*timestamp.*|inode|dev|uuid|version|id|.*_id|results_file|elapsed"
    r"|.*request_?id.*|ResponseMetadata|response_metadata|creation.*|create_.*|last_.*|.*_arn|src|path|duration)$",
    re.IGNORECASE,
)
# Names that are drawn; of tracebacks the directory of Ansible's sources and the lines, which a zip file does not show.
TEMPORARY = re.compile(
    r"(payload_|ansible-tmp-|ansible-moduletmp-)[\w.-]*|[0-9a-f]{8}-[0-9a-f-]{27}|(?<=File \")[^\"]*(?=/ansible/module)"
    r"|\n    [^\n]*(?=\n)"
)
ALARM = {
    "name": "busy",
    "namespace": "AWS/ECS",
    "metric_name": "CPUUtilization",
    "statistic": "Average",
    "comparison": "GreaterThanThreshold",
    "threshold": 80,
    "period": 60,
    "evaluation_periods": 2,
}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
B, A, C = "ansible.builtin", "amazon.aws", "community.aws"
ODD = [
    "leave",
    "look",
    "garbage",
    "words",
    "nothing",
    "raising",
    "interrupted",
    "killed",
    "thread",
    "unflushed",
    "child",
]


def tasks(path: Path, endpoint: str) -> list[dict[str, Any]]:
    """Return tasks named by a number and the module, each of which may fail."""
    listed: list[dict[str, Any]] = [
        *({f"{A}.{name}": {}} for name in ("ec2_security_group_info", "ec2_vpc_net_info", "ec2_vpc_route_table_info")),
        *({f"{A}.{name}": {}} for name in ("ec2_vpc_subnet_info", "elb_application_lb_info", "kms_key_info")),
        *({f"{A}.{name}": {}} for name in ("rds_instance_info", "s3_bucket_info")),
        {f"{A}.route53_info": {"query": "hosted_zone"}},
        {f"{A}.ec2_security_group": {"name": "open", "description": "none"}, "check_mode": True},
        {f"{C}.acm_certificate_info": {}},
        {f"{C}.dynamodb_table_info": {"name": "none"}},
        {f"{A}.cloudwatch_metric_alarm": ALARM, "check_mode": True, "diff": True},
        {f"{A}.cloudwatch_metric_alarm": ALARM},
        {f"{A}.cloudwatch_metric_alarm": ALARM},
        {f"{A}.cloudwatch_metric_alarm": {**ALARM, "period": "often"}},
        {f"{A}.s3_bucket": {"name": "bucket", "tags": {"owner": "test"}}},
        {f"{A}.iam_role": {"name": "role", "assume_role_policy_document": TRUST}},
        {f"{A}.s3_bucket_info": {}, "environment": {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}},
        {f"{B}.shell": "env | sort"},
        {
            f"{B}.shell": "env | sort",
            "environment": {"ONE": "a 'quoted' $word", "TWO": "é\n", "AWS_REGION": "eu-west-1"},
        },
        {f"{B}.shell": "env | sort", "environment": {"LC_ALL": "C", "PYTHONPATH": "/nowhere"}},
        {f"{B}.command": {"argv": ["sh", "-c", "pwd; umask; cat; exit 4"], "stdin": "given"}},
        {f"{B}.command": {"cmd": "pwd", "chdir": "/"}},
        {f"{B}.command": "none-such-program"},
        {f"{B}.shell": "echo $PPID | tr -d 0-9; echo err >&2"},
        {f"{B}.raw": "echo raw"},
        {f"{B}.file": {"path": str(path / "made"), "state": "directory", "mode": "0750"}, "diff": True},
        {f"{B}.copy": {"content": "text\n", "dest": str(path / "made" / "file")}, "diff": True},
        {f"{B}.copy": {"content": "secret\n", "dest": str(path / "made" / "hidden")}, "no_log": True, "diff": True},
        {f"{B}.stat": {"path": str(path / "made" / "file")}},
        {f"{B}.uri": {"url": f"{endpoint}/moto-api/", "return_content": True}},
        {f"{B}.command": "echo later", "async": 20, "poll": 1},
        {f"{B}.command": "sleep 3", "timeout": 1},
        {f"{B}.command": "echo mine", "vars": {"ansible_python_interpreter": "/usr/bin/env python3"}},
        {f"{B}.command": "echo mine", "become": True, "become_user": "none-such-user"},
        *({"odd": {"do": do, "path": str(path / "written"), "secret": "hidden-word"}} for do in ODD),
        *({"odd": {"do": "look"}, "environment": {name: value}} for name, value in (("TMPDIR", "/"), ("TZ", "EST"))),
        {"odd": {"do": "look"}, "vars": {"ansible_pipelining": False}},
        {f"{B}.command": f"cat {path / 'written'}"},
    ]
    return [
        {"name": f"{number} {next(iter(task))} {task.get('odd', {}).get('do', '')}", "ignore_errors": True, **task}
        for number, task in enumerate(listed)
    ]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, endpoint: str) -> list[dict[str, Any]]:
    """Return what the tasks gave by the local connection, with pipelining on as well, and by the warm one."""
    path, found = tmp_path_factory.mktemp("same") / "project", []
    for connection in (LOCAL, WARM):
        project = fresh(path, endpoint)
        project.environment["ANSIBLE_PIPELINING"] = "true"
        found.append(project.run(tasks(path, endpoint), connection))
    return found


def steady(value: Any) -> Any:
    """Return a result without what differs each time."""
    if isinstance(value, dict):
        return {key: steady(item) for key, item in value.items() if not VOLATILE.match(key)}
    if isinstance(value, list):
        return [steady(item) for item in value]
    return TEMPORARY.sub("", value) if isinstance(value, str) else value


def test_each_task_gives_the_same(results: list[dict[str, Any]]) -> None:
    local, warm = results
    assert len(local) == len(warm) > len(ODD)
    for name in local:
        assert steady(warm[name]) == steady(local[name]), name


def _keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_keys, value))
    return set(value).union(*map(_keys, value.values())) if isinstance(value, dict) else set()


@cache
def _used() -> set[str]:
    """Return every module with a name of three parts that a task of this project names."""
    files = [
        ROOT / "site.yml",
        *(file for top in ("playbooks", "roles", "molecule") for file in (ROOT / top).rglob("*.yml")),
    ]
    named = set().union(
        *(_keys(list(yaml.load_all(file.read_text(encoding="utf-8"), yaml.CSafeLoader))) for file in files)
    )
    return {name for name in named if re.fullmatch(r"[a-z_]+\.[a-z_]+\.[a-z0-9_]+", str(name))}


def test_each_module_that_this_project_uses_is_compared(tmp_path: Path) -> None:
    compared = set().union(*tasks(tmp_path, "http://127.0.0.1:1"))
    # What has an action plugin of its own but these runs in the controller, and never comes to a connection.
    modules = {"ansible.builtin.command", "ansible.builtin.copy", "ansible.builtin.uri", "ansible.builtin.shell"}
    in_the_controller = {name for name in _used() if name not in modules and action_loader.has_plugin(name)}
    directives = {name for name in _used() if not module_loader.find_plugin(name)}
    assert _used() - compared - in_the_controller - directives == set()
