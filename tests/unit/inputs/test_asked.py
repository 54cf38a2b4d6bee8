"""What a run is given beside its inventory: its types as AWX and the command line send them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.asked import misspelt, strange_limits, wrong_inputs

SPEC: dict[str, dict[str, Any]] = {
    "service": {"type": "str", "description": "Service to act on."},
    "services": {"type": "list", "elements": "str", "description": "Several."},
    "image_tag": {"type": "str", "description": "Tag."},
    "branch": {"type": "str", "description": "Branch."},
    "retry": {"type": "bool", "default": False, "description": "Again."},
    "to": {"type": "int", "default": 0, "description": "Number."},
    "when": {"type": "str", "choices": ["now", "later"], "description": "When."},
}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"service": "", "services": None, "image_tag": "", "retry": "", "to": ""},
        {"service": "web", "image_tag": "1.10", "retry": "true", "to": "5"},
        {"services": ["web", "api"], "retry": True, "to": 5},
        {"services": "web,api", "retry": "no", "when": "later"},
        {"another": 1.1},
        {"branch": "feature/{{ 7 * 191 }}"},
    ],
)
def test_what_is_well_given_passes(given: dict[str, Any]) -> None:
    assert list(wrong_inputs(given, SPEC)) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"image_tag": 1.1}, "image_tag is 1.1, which is not text"),
        ({"image_tag": 20260101}, "image_tag is 20260101, which is not text"),
        ({"service": True}, "service is True"),
        ({"to": "many"}, "to is 'many'; allowed is a whole number (int)"),
        ({"retry": "perhaps"}, "retry is 'perhaps'; allowed is true or false (bool)"),
        ({"when": "never"}, "now, later"),
        ({"image_tag": "{{ foo }}"}, "image_tag is '{{ foo }}', which is a template; give -e image_tag=TEXT"),
        ({"image_tag": "1.1.0\nevil"}, "image_tag is '1.1.0\\nevil'; allowed are 1 to 128 of letters"),
        ({"image_tag": "1.1.\u0660"}, "allowed are 1 to 128 of letters"),
        ({"services": ["web", "{% if a %}b{% endif %}"]}, "which is a template; give -e services=TEXT"),
    ],
)
def test_what_is_not_says_what_to_do(given: dict[str, Any], told: str) -> None:
    (sentence,) = wrong_inputs(given, SPEC)
    assert told in sentence
    assert any(word in sentence for word in ("give -e", "(Number)", "(Again)", "(When)", "allowed are 1"))


def test_a_misspelt_name_is_told_the_nearest_one() -> None:
    assert list(misspelt(["serivce", "image_tga"], SPEC, ())) == [
        "image_tga: no playbook is given such a variable; did you mean image_tag?",
        "serivce: no playbook is given such a variable; did you mean service?",
    ]


def test_names_of_others_are_nobodys_business() -> None:
    assert list(misspelt(["service", "awx_job_id", "network_nat", "servic"], SPEC, {"servic"})) == []


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (None, []),
        ("database,web", []),
        ("services:!web:&dev", []),
        ("web*:@hosts.retry:~w.b:web[0]", []),
        ("database, nope", ["--limit database, nope: there is no host or group nope; hosts.yml has those there are"]),
        ("web,api", []),
        ("wbe:dev", ["--limit wbe:dev: there is no host or group wbe; did you mean web?"]),
    ],
)
def test_a_limit_names_what_there_is(limit: str | None, told: list[str]) -> None:
    groups = {"all": ["database", "web"], "dev": ["database", "web"], "services": ["web"]}
    variables = {"groups": groups, "environment_services": {"web": {}, "api": {}}, "ansible_limit": limit}
    assert list(strange_limits(variables)) == told
