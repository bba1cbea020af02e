"""Converter: the one cattrs converter for values that we wrote ourselves or that a person configures.

cattrs coerces by default (["x"] becomes "['x']", "false" becomes True). This converter refuses instead: a value has the
declared type or structuring fails. Unknown keys are refused too. Errors come as `$.path` lines by `explain`.
"""

from __future__ import annotations

from typing import Any

from cattrs import Converter, transform_error
from cattrs.v import format_exception


def _strict(kind: type) -> Any:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"expected {kind.__name__}, found {type(value).__name__}")
        return value

    return hook


def make_converter(*, forbid_extra_keys: bool = True, detailed_validation: bool = True) -> Converter:
    """A new strict converter, to which a room may add hooks of its own."""
    converter = Converter(forbid_extra_keys=forbid_extra_keys, detailed_validation=detailed_validation)
    for kind in (str, int, float, bool, bytes):
        converter.register_structure_hook(kind, _strict(kind))
    return converter


def explain(error: Exception) -> list[str]:
    """One line per fault: what a hook said of it, or cattrs, and behind an @ its `$.path`."""
    return transform_error(error, path="$", format_exception=_words)


def _words(error: BaseException, kind: type | None) -> str:
    """A hook knows what it wanted; the name that cattrs has for a type is another one from Python to Python."""
    said = str(error)
    return said if said.startswith("expected ") else format_exception(error, kind)
