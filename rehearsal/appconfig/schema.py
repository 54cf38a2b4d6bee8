"""Validators of the type JSON_SCHEMA."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Mapping


def mistakes_by_schema(content: bytes, validators: Iterable[Mapping[str, str]]) -> list[str]:
    """Return what is wrong with content by the schemas of a profile; AppConfig takes those of draft 4 to 7."""
    schemas = [json.loads(one["Content"]) for one in validators]
    if not schemas:
        return []
    checker = importlib.import_module("jsonschema").Draft7Validator
    return [error.message for schema in schemas for error in checker(schema).iter_errors(json.loads(content))]
