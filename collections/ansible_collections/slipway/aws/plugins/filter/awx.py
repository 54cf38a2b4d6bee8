"""Filters that make AWX's objects of what playbooks/awx.yml reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from ansible.errors import AnsibleFilterError

#: Kinds of questions of an AWX survey by the type of an input.
KINDS = {"str": "text", "int": "integer", "float": "float", "bool": "multiplechoice", "list": "multiselect"}
BOOLEANS = ["true", "false"]


def awx_survey(
    inputs: Mapping[str, Mapping[str, Any]],
    names: Iterable[str],
    required: Iterable[str] = (),
    services: Sequence[str] = (),
) -> dict[str, Any]:
    """Return an AWX survey.

    Args:
        inputs: all inputs there are, as in playbooks/vars/inputs.yml.
        names: those that are asked for, in this order.
        required: those that must be answered.
        services: what may be answered for ``service`` and ``services``.

    Raises:
        AnsibleFilterError: a name is none of the inputs, or no question is made of its type.
    """
    must = set(required)
    return {
        "name": "",
        "description": "",
        "spec": [_question(inputs, name, required=name in must, services=services) for name in names],
    }


def _question(
    inputs: Mapping[str, Mapping[str, Any]], name: str, *, required: bool, services: Sequence[str]
) -> dict[str, Any]:
    if name not in inputs or inputs[name]["type"] not in KINDS:
        raise AnsibleFilterError(f"awx_survey: {name} is no input; allowed are {', '.join(inputs)} (vars/inputs.yml)")
    option = inputs[name]
    choices = list(services) if name in {"service", "services"} else list(option.get("choices", []))
    kind = KINDS[option["type"]]
    choices = BOOLEANS if option["type"] == "bool" else choices
    return {
        "variable": name,
        "question_name": name,
        "question_description": option["description"],
        "required": required,
        "type": "multiplechoice" if choices and kind == "text" else kind,
        "default": _default(option),
        "choices": choices,
        "min": None,
        "max": None,
    }


def _default(option: Mapping[str, Any]) -> Any:
    default = option.get("default", "")
    # AWX does not apply the default of a multiple selection when a job is launched by its API.
    return str(default).lower() if isinstance(default, bool) else default


def awx_job_template(
    template: Mapping[str, Any],
    common: Mapping[str, Any],
    inputs: Mapping[str, Mapping[str, Any]],
    services: Sequence[str],
    slices: int = 1,
) -> dict[str, Any]:
    """Return a job template with its survey.

    Args:
        template: an entry of awx_templates.
        common: options of all job templates; ``prefix`` is put before the name.
        inputs: all inputs there are.
        services: of the environment.
        slices: of a job that may be sliced.
    """
    survey = awx_survey(inputs, template["inputs"], template.get("required", ()), services)
    told = common.get("notification_templates_error", [])
    return {
        **{name: value for name, value in common.items() if name != "prefix"},
        "name": f"{common['prefix']} {template['name']}",
        "description": template["description"],
        "playbook": template["playbook"],
        "limit": template.get("limit", ""),
        "survey_enabled": bool(survey["spec"]),
        "survey_spec": survey if survey["spec"] else {},
        "job_slice_count": slices if template.get("sliced") else 1,
        "allow_simultaneous": bool(template.get("simultaneous")),
        "notification_templates_success": told if template.get("tells_success") else [],
    }


def collection_found(name: str) -> bool:
    """Say whether Ansible finds a collection, wherever it looks for them."""
    try:
        return find_spec(f"ansible_collections.{name}") is not None
    except ModuleNotFoundError:
        return False


class FilterModule:
    """Names of the filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "awx_survey": awx_survey,
            "awx_job_template": awx_job_template,
            "collection_found": collection_found,
        }
