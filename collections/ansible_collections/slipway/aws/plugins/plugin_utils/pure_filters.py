"""Pure functions as Ansible's filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from ansible.errors import AnsibleFilterError

from .canary.numbers import CanaryError

Function = Callable[..., Any]


def as_filters(functions: Iterable[Function]) -> dict[str, Function]:
    """Return functions by name; what they refuse is told as Ansible tells it of a filter."""
    return {function.__name__: _as_filter(function) for function in functions}


def _as_filter(function: Function) -> Function:
    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except CanaryError as error:
            raise AnsibleFilterError(str(error)) from error

    return checked
