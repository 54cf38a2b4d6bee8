"""Values from outside are data: whatever stands in them is kept or refused with a sentence, and never evaluated."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.aws.plugins.filter import (
    certificates,
    firewall,
    network,
    network_rules,
    outputs,
    reachability,
    service,
    templates,
    verification,
)
from ansible_collections.slipway.aws.plugins.plugin_utils import inputs
from ansible_collections.slipway.aws.plugins.plugin_utils.references import references, resolve
from ansible_collections.slipway.aws.plugins.plugin_utils.role_specs import role_specs
from tests.unit.docs.rendered import ROOT

SPECS = role_specs([ROOT / "roles"])
EVIL = [
    "{{ 7 * 191 }}",
    "{% for i in range(9) %}{{ i }}{% endfor %}",
    "${output.network.vpc_id}",
    "'; DROP TABLE notes; --",
    '"}],"x":[{"',
    "a\nb: c\n- d",
    "\u202e\u0000\ud7ff\U0001f4a9",
    "$(id) `id` | id ; id & id",
    "../../etc/passwd",
    "%s%n{0}{x!r}",
    "x" * 70_000,
]
TEXTS = st.one_of(st.sampled_from(EVIL), st.text(max_size=40))
NUMBERS = st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=True, allow_infinity=True))
VALUES = st.recursive(
    st.one_of(TEXTS, NUMBERS, st.none(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)
EXAMPLES = 40
OPTIONS = sorted((role, name) for role, options in SPECS.items() for name in options)


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(option=st.sampled_from(OPTIONS), value=VALUES)
@example(option=("alarms", "alarms_certificate_days"), value=[2**63, "", ""])
@example(option=("alarms", "alarms_objectives"), value=0)
def test_the_first_gate_takes_any_value_and_names_the_variable(option: tuple[str, str], value: Any) -> None:
    role, name = option
    for sentence in inputs.wrong_values("web", role, {name: value}, SPECS):
        assert sentence.startswith("web: ")
        assert "1337" not in sentence.replace(str(value), "")
        assert "README.md" in sentence


@settings(max_examples=EXAMPLES, deadline=None)
@given(names=st.lists(TEXTS, max_size=4), value=VALUES)
def test_names_and_listings_from_outside(names: list[str], value: Any) -> None:
    listing = dict.fromkeys(names, value)
    assert all(isinstance(one, str) for one in inputs.unknown_names(names, SPECS))
    assert all(isinstance(one, str) for one in inputs.listing_problems(names, listing, listing))
    assert all(isinstance(one, str) for one in inputs.listing_problems(names, {"web": {"priority": value}}, {}))
    assert all(isinstance(one, str) for one in inputs.rule_problems("web", names))
    assert list(inputs.environment_problems({"env_name": value, "environments": ["dev"]}, {}))


def strings(value: Any) -> list[str]:
    """Return every string in a value."""
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in strings(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


FILTERS: dict[str, Callable[[str], Any]] = {
    "container_environment": lambda text: service.container_environment({"NAME": text}),
    "container_secrets": lambda text: service.container_secrets([text], "web"),
    "container_user": service.container_user,
    "for_each": lambda text: templates.for_each([text], ["<each>", {"<each>": 1}]),
    "junit": lambda text: verification.junit([{"suite": text, "name": text, "problem": text, "seconds": 1.0}]),
    "network_rules": lambda text: network_rules.network_rules([80], [text], text),
    "network_subnets": lambda text: network.network_subnets(text, ["a"]),
    "published_outputs": lambda text: outputs.published_outputs({text: text}, "/slipway/dev"),
    "reachability": lambda text: reachability.reachability([{"GroupId": text, "CidrIpv4": text}], {}),
    "redacted_headers": lambda text: firewall.redacted_headers([text]),
    "short_name": lambda text: service.short_name(text, 26),
    "validation_records": lambda text: certificates.validation_records([text], "Z1", "example.com"),
    "writable_mounts": lambda text: service.writable_mounts([text]),
}


@pytest.mark.parametrize("name", FILTERS)
@settings(max_examples=EXAMPLES, deadline=None)
@given(text=TEXTS)
def test_filters_keep_a_text_or_refuse_it(name: str, text: str) -> None:
    try:
        made = FILTERS[name](text)
    except (AnsibleError, ValueError) as error:
        told = str(error)
        made = [] if name in told or "service_" in told else pytest.fail(f"nothing is named: {told}")
    assert not [one for one in strings(made) if "1337" in one and "1337" not in text]


@settings(max_examples=EXAMPLES, deadline=None)
@given(value=VALUES)
def test_what_a_reference_stands_for_is_not_read_again(value: Any) -> None:
    def once(_reference: object) -> Any:
        return value

    assert resolve("${output.network.vpc_id}", once) is value
    text = "${output.network.vpc_id}"
    assert resolve(f"a {text}", lambda _reference: text) == f"a {text}"
    list(references(value))


def test_ansible_evaluates_nothing_that_comes_from_outside(tmp_path: Any) -> None:
    """What AWS, a file or a registry says is data for Ansible too."""
    told = tmp_path / "told.json"
    told.write_text(json.dumps({"value": "{{ 7 * 191 }}", "list": ["{% raw %}x{% endraw %}"]}), encoding="utf-8")
    play = [
        {
            "hosts": "keys",
            "gather_facts": False,
            "vars": {"told": f"{{{{ lookup('ansible.builtin.file', '{told}') | from_json }}}}"},
            "tasks": [
                {
                    "ansible.builtin.assert": {
                        "that": [
                            "told.value | length == 13",
                            "(told.value ~ '') | length == 13",
                            "'1337' not in shown",
                        ],
                    },
                    "vars": {
                        "shown": "{{ {'value': told.value, 'output': '${output.' ~ told.value ~ '}'} | to_json }}",
                    },
                }
            ],
        }
    ]
    book = tmp_path / "play.json"
    book.write_text(json.dumps(play), encoding="utf-8")
    command = [sys.executable, "-m", "ansible", "playbook", str(book), "-i", "inventories/dev"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
