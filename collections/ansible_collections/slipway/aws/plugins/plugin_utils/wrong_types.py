"""What is wrong with values, by a spec of Ansible's: the variable, what it is, what is allowed, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import ArgumentTypeError, ArgumentValueError, ElementError, RequiredError

#: What a type takes, for who does not know its name.
KINDS = {
    "bool": "true or false",
    "dict": "names and values",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "str": "text",
}


def wrong_types(given: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each value that a spec refuses, and for each that is missing.

    Args:
        given: values by name; those that are not in the spec are passed over.
        spec: options by name, without defaults.
    """
    known = {name: value for name, value in given.items() if name in spec}
    errors = _errors(known, spec)
    yield from (error.msg for error in errors if isinstance(error, RequiredError) and " found in " not in error.msg)
    if errors:
        for name, value in known.items():
            yield from _of_one(name, value, spec[name])


def _errors(values: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    try:
        return list(ArgumentSpecValidator(dict(spec)).validate(dict(values)).errors)
    # Ansible takes a list for the parts of a decimal, which these are too large for, and looks for options in a number.
    except (OverflowError, TypeError) as error:
        return [ArgumentTypeError(str(error))]


def _of_one(name: str, value: Any, option: Mapping[str, Any]) -> Iterator[str]:
    shown, kind = repr(value), str(option.get("type", "str"))
    errors = _errors({name: value}, {name: option})
    if errors and option.get("no_log"):  # Ansible's own texts may hold a part of it
        yield f"{name} is hidden, as it may be secret; allowed is {_kind(kind)}{_as_json(name, kind, value)}"
        return
    for error in errors:
        if option.get("options") and _has_parts(value):  # one may be what is wrong, which Ansible's own text names
            yield error.msg
        elif isinstance(error, ArgumentTypeError):
            yield f"{name} is {shown}; allowed is {_kind(kind)}{_as_json(name, kind, value)}"
        elif isinstance(error, ElementError):
            yield (
                f"{name} is {shown}; allowed is a list, each of it {_kind(str(option['elements']))}"
                f"{_as_json(name, kind, value)}"
            )
        elif isinstance(error, ArgumentValueError):
            allowed = [str(choice) for choice in option["choices"] if choice != ""]
            yield f"{name} is {shown}; allowed are {', '.join(allowed)}"
        else:
            yield error.msg


def _has_parts(value: Any) -> bool:
    return all(isinstance(one, Mapping | str) for one in (value if isinstance(value, list) else [value]))


def _kind(kind: str) -> str:
    return f"{KINDS.get(kind, 'another')} ({kind})"


def _as_json(name: str, kind: str, value: Any) -> str:
    """Say how to give on a command line what is no plain text."""
    if not isinstance(value, str) or kind not in {"dict", "list"}:
        return ""
    return f"; on a command line as JSON: -e '{{\"{name}\": {'[...]' if kind == 'list' else '{...}'}}}'"
