"""The filters of releases and of scaling: their documentation holds, Ansible finds them, mistakes are told."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from jinja2.nativetypes import NativeEnvironment

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.policy import Policy
from ansible_collections.slipway.aws.plugins.plugin_utils.scaling.intent import Intent

ROOT = Path(__file__).parents[3]
PLUGINS = ROOT / "filter_plugins"
SIDECARS = sorted(PLUGINS.glob("*.yml"))
#: That of the bill needs a price table; tests/unit/cost has its figures.
COMPLETE = [path for path in SIDECARS if path.stem != "monthly_cost"]


def filters(name: str) -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location(f"{name}_filters", PLUGINS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, Any] = module.FilterModule().filters()
    return found


FILTERS = {name: each for path in PLUGINS.glob("*.py") for name, each in filters(path.stem).items()}


def rounded(value: Any, like: Any) -> Any:
    """Return a value with its numbers as exact as those of another."""
    if isinstance(like, dict):
        assert set(value) == set(like)
        return {key: rounded(value[key], like[key]) for key in like}
    if isinstance(like, list):
        assert len(value) == len(like)
        return [rounded(*pair) for pair in zip(value, like, strict=True)]
    return round(value, len(str(like).partition(".")[2])) if isinstance(like, float) else value


def test_every_filter_has_its_page() -> None:
    assert {path.stem for path in SIDECARS} == set(FILTERS)


@pytest.mark.parametrize("path", COMPLETE, ids=lambda path: path.stem)
def test_the_example_gives_what_it_says(path: Path) -> None:
    text = yaml.safe_load(path.read_text(encoding="utf-8"))["EXAMPLES"]
    template = next(iter(yaml.safe_load(text).values()))
    expected = yaml.safe_load("\n".join(re.findall(r"^# (.*)$", text, re.MULTILINE)))
    environment = NativeEnvironment()
    environment.filters |= FILTERS
    found = environment.from_string(template).render()
    assert rounded(found, expected) == expected


def test_the_page_of_the_verdict_has_the_defaults_of_the_policy() -> None:
    page = yaml.safe_load((PLUGINS / "canary_verdict.yml").read_text(encoding="utf-8"))["DOCUMENTATION"]
    policy = Policy()
    expected = {name: getattr(policy, name) for name in vars(policy) if not name.startswith("ceiling")}
    expected["rate_ratios"] = list(policy.rate_ratios)
    expected["hard_ceiling"] = {"error_rate": policy.ceiling_rate, "requests": policy.ceiling_requests}
    found = {name: option["default"] for name, option in page["options"]["policy"]["suboptions"].items()}
    assert found == expected


def test_the_page_of_scaling_has_the_defaults_of_the_intent() -> None:
    page = yaml.safe_load((PLUGINS / "scaling_targets.yml").read_text(encoding="utf-8"))["DOCUMENTATION"]
    found = {name: option["default"] for name, option in page["options"]["_input"]["suboptions"].items()}
    assert found == vars(Intent())


def run(*arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=os.environ | {"ANSIBLE_LOCALHOST_WARNING": "false"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def test_ansible_finds_them() -> None:
    found = run(
        "ansible", "adhoc", "localhost", "-m", "debug", "-a", "msg={{ [10, 100] | canary_weights(0) | to_json }}"
    )
    assert '"candidate": 999' in found.replace("\\", "")


def test_ansible_shows_their_pages() -> None:
    found = json.loads(run("ansible", "doc", "--json", "--type", "filter", "canary_verdict", "ab_result"))
    assert found["canary_verdict"]["doc"]["options"]["policy"]
    assert found["ab_result"]["examples"]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("canary_weights", ([],), r"canary_weights: steps is \[\]; a list of percents is allowed"),
        ("canary_weights", ([10, "x"],), "canary_weights: step 2 is 'x'; a number is allowed, from 0.1 to 100"),
        ("canary_weights", ([50, 10],), "canary_weights: step 2 is 10 % .100 of 1000. after 50 % .500.; each step has"),
        ("canary_weights", ([0],), "canary_weights: step 1 is 0; from 0.1 to 100 is allowed"),
        (
            "canary_weights",
            ([98, 100],),
            "canary_weights: step 98 leaves stable less than hold_back, 5 %; allowed are 95",
        ),
        ("canary_weights", ([10.01, 10.04],), "each step has to be greater"),
        ("canary_weights", ([10, 95, 100],), "canary_weights: step 3 is 100 % .950 of 1000. after 95 %"),
        ("canary_weights", ([99.99], 0), "canary_weights: step 99.99 is too near to 100; the finest share is 0.1 %"),
        ("canary_capacity", (0, 10), "canary_capacity: desired is 0; from 1 to 5000 is allowed"),
        ("canary_capacity", (2.5, 10), "canary_capacity: desired is 2.5; a whole number is allowed"),
        ("canary_detectable", (60, 0, 5, 0.1), "canary_detectable: share is 0; from 0.1 to 99.9 is allowed"),
        ("canary_verdict", ("x",), "canary_verdict: samples is 'x'; a list of samples is allowed"),
        ("canary_verdict", ([{"minute": 1, "sable": None}],), "samples.0. has no key 'sable'; did you mean stable?"),
        ("canary_verdict", ([{"minute": 1, "stable": {"errors": 1}}],), "samples.0..stable.requests is None; a number"),
        (
            "canary_verdict",
            ([], {"fals_rollback": 0.1}),
            "policy has no key 'fals_rollback'; did you mean false_rollback?",
        ),
        (
            "canary_verdict",
            ([], {"false_rollback": 2}),
            "canary_verdict: policy.false_rollback is 2; from 1e-06 to 0.5",
        ),
        ("canary_verdict", ([], {"hard_ceiling": {"rate": 1}}), "policy.hard_ceiling has no key 'rate'"),
        ("canary_verdict", ([], {"rate_ratios": [1]}), "policy.rate_ratios.0. is 1; from 1.01 to 1000 is allowed"),
        (
            "ab_sample_size",
            (0.5, 0),
            "ab_sample_size: difference is 0; with a rate of 0.5 it may be from -0.5 to 0.5, not 0",
        ),
        ("ab_result", ({"units": 5, "successes": 6}, {}), "ab_result: a.successes is 6; from 0 to 5 is allowed"),
        ("scaling_targets", ({"minimun": 2},), "scaling_targets has no key 'minimun'; did you mean minimum?"),
        ("scaling_targets", ({"minimum": 9, "maximum": 3},), "minimum is 9, above maximum, which is 3"),
        ("scaling_targets", ({"cpu_in": 40},), r"cpu_in is 40; below half of cpu_out .70. is allowed"),
        ("scaling_targets", ({"objective": 100},), "scaling_targets: objective is 100; from 50 to 99.9999 is allowed"),
        ("right_size", ([], 256, 4096), "right_size: cpu 256 with memory 4096 is no size that Fargate offers"),
        ("right_size", ([{"cpus": 1}], 256, 512), r"right_size: samples.0. has no key 'cpus'; did you mean cpu?"),
        ("right_size", ("x", 256, 512), "right_size: samples is 'x'; a list of samples is allowed"),
        ("right_size", ([], 256, 512, 2, 70, 300, "ARM"), "architecture is 'ARM'; allowed are X86_64, ARM64"),
    ],
)
def test_mistakes_are_told(name: str, arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        FILTERS[name](*arguments)
