"""Templating that compiles each text once, and templates each variable once however many others refer to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import CodeType
from typing import Any

from ansible._internal._templating._engine import TemplateContext, TemplateOptions
from ansible._internal._templating._jinja_bits import AnsibleEnvironment, _TemplateCompileContext
from ansible._internal._templating._lazy_containers import _AnsibleLazyTemplateMixin

#: Compiled templates by their text, and whether backslashes in it stand for themselves.
_COMPILED: dict[tuple[str, bool], CodeType] = {}


class RememberingEnvironment(AnsibleEnvironment):  # type: ignore[misc]  # Ansible ships no types
    """Compiles each text once, for all hosts: compiling is most of what templating costs."""

    def compile(self, source: Any, *arguments: Any, **options: Any) -> Any:
        """Return the code of a template; one with delimiters of its own, or a tree of nodes, is compiled anew."""
        if self.overlayed or arguments or options or not isinstance(source, str):
            return super().compile(source, *arguments, **options)
        context = _TemplateCompileContext.current(optional=True)
        key = (str(source), bool(context and context.escape_backslashes))
        if key not in _COMPILED:
            _COMPILED[key] = super().compile(source)
        return _COMPILED[key]


def template_once(engine: Any, variables: Mapping[str, Any]) -> Any:
    """Return an engine like ``engine`` that knows ``variables``, which stay as they are as long as it is used.

    Ansible wraps variables in a lazy dictionary, which keeps what it has templated, and makes a new one for each
    template. One that is made beforehand it takes as it is. The wrapping asks for a context, which is empty here.

    Args:
        engine: Ansible's templating engine, which is left as it is.
        variables: by name, with their templates.
    """
    once = engine.copy()
    once._environment = _environment(once.basedir)  # noqa: SLF001  no public way to it
    with TemplateContext(template_value=None, templar=once, options=TemplateOptions.DEFAULT, stop_on_template=False):
        once.available_variables = _AnsibleLazyTemplateMixin._try_create(dict(variables))  # noqa: SLF001  as above
    return once


@cache
def _environment(basedir: str) -> RememberingEnvironment:
    """Return one environment for all templating of this process: it keeps the filters that it has found."""
    return RememberingEnvironment(ansible_basedir=basedir)
