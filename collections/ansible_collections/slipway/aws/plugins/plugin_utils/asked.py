"""What a run was given on the command line or in a survey, checked against the inputs that playbooks have.

Every function is pure and returns sentences that name the input, what it is, what is allowed and what to do.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from .adapter import without
from .limits import INPUTS, limit_problems
from .nearest import nearest
from .wrong_types import wrong_types

Spec = Mapping[str, Mapping[str, Any]]

#: By what templates begin: what is given is taken as it is, and what is undefined in one would be taken for nothing.
TEMPLATE = re.compile(r"\{\{|\{%|\{#")
#: What playbooks take as it was given: Git allows braces in the name of a branch.
UNTEMPLATED = frozenset({"branch"})
#: A name of a host or group in --limit, beside patterns of several.
PLAIN = re.compile(r"[\w.-]+")
#: Groups of hosts.yml that have the components which playbooks work on; the stages of site.yml.
GROUPS = {
    "alarms": "observability",
    "database": "core",
    "database_access": "access",
    "feature_flags": "access",
    "state": "foundation",
}
#: How alike a name must be to an input to be taken for a misspelt one.
ALIKE = 0.8


def wrong_inputs(given: Mapping[str, Any], spec: Spec) -> Iterator[str]:
    """Yield a sentence for each input that is not of its type; an empty one was not given."""
    for name, option in spec.items():
        value = given.get(name)
        if value is None or value == "":
            continue
        if name not in UNTEMPLATED and TEMPLATE.search(str(value)):
            yield f"{name} is {value!r}, which is a template; give -e {name}=TEXT, as it is meant"
        elif option["type"] == "str" and not isinstance(value, str):
            yield (
                f"{name} is {value!r}, which is not text: YAML and AWX read digits as a number, so 1.10 becomes 1.1"
                f" and 007 becomes 7; give -e {name}=TEXT, and in AWX text that has a letter"
            )
        else:
            wrong = wrong_types({name: value}, {name: without(option, ["default", "description"])})
            yield from (f"{message} ({option['description'].rstrip('.')})" for message in wrong)
            yield from limit_problems("", {name: value}, INPUTS)


def misspelt(names: Iterable[str], spec: Spec, known: Container[str]) -> Iterator[str]:
    """Yield a sentence for each name that nobody knows and that is nearly an input's."""
    for name in sorted(names):
        close = difflib.get_close_matches(name, list(spec), n=1, cutoff=ALIKE)
        if close and name not in spec and name not in known:
            yield f"{name}: no playbook is given such a variable; did you mean {close[0]}?"


def left_out(needs: Iterable[str], variables: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence where a run leaves out hosts that its playbook works on: it would end well and do nothing."""
    missing = set(needs) - set(variables["ansible_play_hosts_all"])
    unknown = missing - set(variables["groups"]["all"])
    for name in sorted(unknown):
        where = f"in the group {GROUPS[name]}" if name in GROUPS else "in the group that other inventories have it in"
        yield f"the inventory has no component {name}, which this playbook works on; add it to hosts.yml, {where}"
    if missing - unknown:
        yield (
            f"--limit {variables.get('ansible_limit')} leaves out {', '.join(sorted(missing - unknown))}, which this"
            " playbook works on; give no --limit, or one that has it"
        )


def strange_limits(variables: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each name in --limit that is neither a host nor a group: Ansible passes over it."""
    groups = variables["groups"]
    names = [name.strip() for name in re.split("[,:]", variables.get("ansible_limit") or "")]
    # A slice of AWX's has part of the services in its inventory, and the limit of all.
    known = {*groups, *groups["all"], *(variables.get("environment_services") or ())}
    for name in sorted({one for one in names if PLAIN.fullmatch(one)} - known):
        hint = nearest(name, sorted(known), "hosts.yml has those there are")
        yield f"--limit {variables['ansible_limit']}: there is no host or group {name}; {hint}"


def needless_tags(variables: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence where a run was given tags: no task has any, so nothing would be done and nothing be told."""
    given = [tag for tag in variables.get("ansible_run_tags") or () if tag != "all"]
    if given:
        yield f"--tags {','.join(given)}: there are no tags here; for one component or service give --limit {given[0]}"
