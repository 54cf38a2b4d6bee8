"""Each text is compiled once, each variable is templated once, and the values are Ansible's own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from ansible_collections.slipway.aws.plugins.plugin_utils import template_once as templating
from ansible_collections.slipway.aws.plugins.plugin_utils.template_once import RememberingEnvironment, template_once


def engine(**variables: Any) -> Any:
    trusted = {name: trust_as_template(value) for name, value in variables.items()}
    return template_once(vars(Templar(loader=DataLoader()))["_engine"], trusted)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return how often each text was compiled, of texts that nobody compiled before."""
    seen: Counter[str] = Counter()
    monkeypatch.setattr(templating, "_COMPILED", {})
    compile_anew = RememberingEnvironment.__mro__[1].compile

    def counted(self: Any, source: Any, *arguments: Any, **options: Any) -> Any:
        seen[str(source)] += 1
        return compile_anew(self, source, *arguments, **options)

    monkeypatch.setattr(RememberingEnvironment.__mro__[1], "compile", counted)
    return seen


def test_each_text_is_compiled_once_for_all_hosts(compiled: Counter[str]) -> None:
    for host in ("api", "web"):
        found = engine(name="slipway-{{ host }}", both="{{ name }} {{ name }}", host=host)
        assert found.template(trust_as_template("{{ both }}")) == f"slipway-{host} slipway-{host}"
    assert set(compiled.values()) == {1}, compiled


def test_a_variable_is_templated_once_however_many_refer_to_it() -> None:
    found = engine(salt="{{ range(10 ** 12) | random }}", first="{{ salt }}", second="{{ salt }}")
    assert found.template(trust_as_template("{{ first }}")) == found.template(trust_as_template("{{ second }}"))


@pytest.mark.parametrize("text", [r"{{ 'a\\b' }}", r"a\b {{ 1 }}", "{{ '{{ 1 }}' }}", "[% 1 %]", "{{ 1 }}\n\n"])
@pytest.mark.parametrize("escape", [True, False])
def test_the_value_is_ansibles_own(text: str, escape: bool) -> None:
    plain = Templar(loader=DataLoader())
    once = plain.copy_with_new_env()
    vars(once)["_engine"] = template_once(vars(plain)["_engine"], {})
    for _ in range(2):  # the second time from memory
        found = [one.template(trust_as_template(text), escape_backslashes=escape) for one in (once, plain)]
        assert found[0] == found[1]


def test_delimiters_of_its_own_mean_what_they_say() -> None:
    text = "#jinja2: variable_start_string:'[%', variable_end_string:'%]'\n[% 1 + 1 %] {{ 1 }}"
    for _ in range(2):
        assert engine().template(trust_as_template(text)) == "2 {{ 1 }}"
        assert engine().template(trust_as_template("[% 1 + 1 %] {{ 1 }}")) == "[% 1 + 1 %] 1"
