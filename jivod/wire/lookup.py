"""Lookup: what another CRM answers, JSON, becomes the few values that the operator asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import orjson

from jivod.model.errors import Unreadable

TEXT_CAP = 512  # characters of one value
_EXACT = 2**63

Path = tuple[str | int, ...]
"""The way to a value: ("orders", 0, "total")."""
Value = str | int | float | bool


def read(body: bytes, paths: Mapping[str, Path]) -> dict[str, Value]:
    """The values at `paths`, by their names. What is not there, or is no single value, is left out. Raises Unreadable
    for what is no JSON object or list.
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unreadable("not_json", "The answer is not JSON.") from None
    if not isinstance(document, (dict, list)):
        raise Unreadable("not_an_object", "The answer is neither an object nor a list.")
    found = {name: _value(document, path) for name, path in paths.items()}
    return {name: value for name, value in found.items() if value is not None}


def _value(document: Any, path: Path) -> Value | None:
    for step in path:
        try:
            document = document[step]
        except (LookupError, TypeError):
            return None
    if isinstance(document, str):
        return document[:TEXT_CAP].strip() or None
    if isinstance(document, float):
        return document if math.isfinite(document) else None
    if isinstance(document, (bool, int)):
        return document if abs(document) < _EXACT else None
    return None
