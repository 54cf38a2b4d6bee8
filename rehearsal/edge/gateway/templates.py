"""Mapping templates of REST APIs, in the Velocity Template Language.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import airspeed

_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]")


class InvalidTemplate(Exception):  # noqa: N818  what a template is
    """A template that is none, or asks for what there is not; the text says what."""


@lru_cache(256)
def parsed(text: str) -> Any:
    """Return a template ready to be filled in.

    Raises:
        InvalidTemplate: it is not in the language.
    """
    found = airspeed.Template(text)
    try:
        found.ensure_compiled()
    except airspeed.TemplateError as error:
        raise InvalidTemplate(str(error)) from error
    return found


def filled(text: str, given: Input, context: dict[str, Any], variables: Mapping[str, str]) -> str:
    """Return what a template makes of a message.

    Args:
        text: the template.
        given: the message.
        context: what ``$context`` has; a template may set ``requestOverride`` and ``responseOverride`` in it.
        variables: of the stage.

    Raises:
        InvalidTemplate: it cannot be filled in with this message.
    """
    names = {"input": given, "util": Utilities(), "context": context, "stageVariables": dict(variables)}
    try:
        return str(parsed(text).merge(names))
    except (airspeed.TemplateError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidTemplate(f"{type(error).__name__}: {error}") from error


class Input:
    """``$input``: a body, and a request's parameters by kind: ``path``, ``querystring``, ``header``.

    Args:
        body: as text.
        parameters: by kind and name.
    """

    def __init__(self, body: str, parameters: Mapping[str, Mapping[str, str]]) -> None:
        self.body = body
        self._parameters = parameters

    def path(self, expression: str) -> Any:
        """Return what a JSONPath finds; of JSONPath there are names and numbers."""
        found = json.loads(self.body or "{}")
        rest = expression.removeprefix("$")
        if "".join(match[0] for match in _STEP.finditer(rest)) != rest:
            raise ValueError(f"the local cloud has no JSONPath such as {expression}")
        for match in _STEP.finditer(rest):
            found = _step(found, match)
        return found

    def json(self, expression: str) -> str:
        """Return that as JSON."""
        return json.dumps(self.path(expression))

    def params(self, name: str | None = None) -> Any:
        """Return a parameter, looked for in path, query and headers; without a name all of them."""
        if name is None:
            return self._parameters
        return next((one[name] for one in self._parameters.values() if name in one), "")


def _step(found: Any, match: re.Match[str]) -> Any:
    if match[2] is not None:
        return found[int(match[2])] if isinstance(found, list) and int(match[2]) < len(found) else ""
    return found.get(match[1] or match[3], "") if isinstance(found, dict) else ""


class Utilities:
    """``$util``."""

    def escapeJavaScript(self, text: str) -> str:  # noqa: N802  AWS's name
        """Return text that may stand between quotation marks."""
        return json.dumps(str(text), ensure_ascii=False)[1:-1].replace("'", "\\'").replace("/", "\\/")

    def parseJson(self, text: str) -> Any:  # noqa: N802
        """Return JSON as data."""
        return json.loads(text)

    def urlEncode(self, text: str) -> str:  # noqa: N802
        """Return text for a URL."""
        return quote_plus(str(text))

    def urlDecode(self, text: str) -> str:  # noqa: N802
        """Return text from a URL."""
        return unquote_plus(str(text))

    def base64Encode(self, text: str) -> str:  # noqa: N802
        """Return text in base64."""
        return base64.b64encode(str(text).encode()).decode()

    def base64Decode(self, text: str) -> str:  # noqa: N802
        """Return text from base64."""
        return base64.b64decode(str(text)).decode()
