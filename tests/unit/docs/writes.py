"""Which operations of AWS the plugins write with, as their sources say: by service, and the rights that they take."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from botocore import xform_name
from moto.core.utils import get_service_model

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import Adapter
from rehearsal.authorization.reference import operations

PACKAGE = "ansible_collections.slipway.aws.plugins.plugin_utils"
PLUGINS = Path(__file__).parents[3] / "collections" / "ansible_collections" / "slipway" / "aws" / "plugins"
ADAPTERS = PLUGINS / "plugin_utils" / "adapters"
#: How operations begin that change nothing.
READING = re.compile(r"(batch_)?(check|describe|get|head|list|lookup|query|scan|search|test|view)_|.*_get_")
#: What a part stands for that only a run knows, and how many letters of an operation must be known.
ANYTHING, SAYS_SOMETHING = "[a-z]+", 6
Write = tuple[str, str]


def written() -> set[Write]:
    """Return boto3's service and AWS's operation of every write."""
    return {write for service, name in {*_of_adapters(), *_elsewhere()} for write in _operations(service, name)}


def actions(service: str, operation: str) -> list[str]:
    """Return what has to be allowed for an operation."""
    special = operations()
    prefix = special["prefixes"].get(service, service)
    if prefix == "apigateway":
        return [f"apigateway:{get_service_model(service).operation_model(operation).http['method']}"]
    return [f"{prefix}:{name}" for name in special["names"].get(service, {}).get(operation, [operation])]


@cache
def _known(service: str) -> dict[str, str]:
    return {xform_name(name): name for name in get_service_model(service).operation_names}


def _operations(service: str, pattern: str) -> Iterator[Write]:
    for name, operation in _known(service).items():
        if re.fullmatch(pattern, name) and not READING.match(name):
            yield service, operation


def _of_adapters() -> Iterator[Write]:
    for path in sorted(ADAPTERS.glob("[a-z]*.py")):
        adapter = importlib.import_module(f"{PACKAGE}.adapters.{path.stem}").ADAPTER
        yield adapter.service, re.escape(xform_name(adapter.create_operation))
        for module in _modules(adapter):
            tree = ast.parse(inspect.getsource(module))
            yield from ((adapter.service, name) for name in _names(tree, adapter))


def _modules(adapter: type[Adapter]) -> Iterator[Any]:
    """Yield where an adapter is written, down to the base of all."""
    yield from {inspect.getmodule(one) for one in adapter.__mro__ if one.__module__.startswith(f"{PACKAGE}.adapters")}


def _names(tree: ast.AST, adapter: Any) -> Iterator[str]:
    """Yield what may name operations: texts as patterns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield _pattern(node, adapter)
        elif isinstance(node, ast.Attribute) and node.attr == "mend_tags":
            yield "(un)?tag_resource"


def _pattern(node: ast.JoinedStr, adapter: Any) -> str:
    """Return a pattern for a text that is put together, nothing for one that says too little."""
    told = "".join(_part(part, adapter) for part in node.values)
    return told if len(re.sub(r"\W", "", told.replace(ANYTHING, ""))) >= SAYS_SOMETHING else ""


def _part(part: ast.expr, adapter: Any) -> str:
    if isinstance(part, ast.Constant):
        return re.escape(str(part.value))
    value = part.value if isinstance(part, ast.FormattedValue) else None
    if isinstance(value, ast.Attribute) and ast.unparse(value.value) == "self":
        return re.escape(str(getattr(adapter, value.attr, "")))
    return ANYTHING


def _elsewhere() -> Iterator[Write]:
    for path in sorted(PLUGINS.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {target: value for node in tree.body for target, value in _constants(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and re.search(r"cloud\.write$", ast.unparse(node.func)):
                yield from _call(node.args, constants)


def _constants(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Yield names and texts of an assignment of a module."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return
    target = node.targets[0]
    targets = target.elts if isinstance(target, ast.Tuple) else [target]
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    for one, value in zip(targets, values, strict=False):
        if isinstance(one, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield one.id, value.value


def _call(arguments: list[ast.expr], constants: dict[str, str]) -> Iterator[Write]:
    if len(arguments) != 2:
        return
    service, operation = (_text(one, constants) for one in arguments)
    if re.fullmatch(r"[a-z0-9-]+", service):
        yield service, operation


def _text(node: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return _pattern(node, None)
    return constants.get(node.id, ANYTHING) if isinstance(node, ast.Name) else ANYTHING
