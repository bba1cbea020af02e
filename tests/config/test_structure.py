"""The law of types: each key of each table, given each kind of value, is taken or told what belongs there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest
from attrs import fields_dict

from jivod.config.structure import _NESTED, structure
from jivod.config.tables import FileTable
from jivod.model.errors import BadConfig
from jivod.strict.source import parse

HEADERS = {FileTable: "", **dict(_NESTED.values())}
TEXT, TEXTS = 'write text in quotes, like "value"', 'write a list of texts, like ["value", "value"]'
WHOLE, NUMBER = "write a whole number", "write a number"
REMEDIES = {str | None: TEXT, int | None: WHOLE, float | None: NUMBER, tuple[str, ...] | None: TEXTS}
VALUES = {
    '"a"': {TEXT}, "3": {WHOLE, NUMBER}, "1.5": {NUMBER}, "true": set(), "2026-01-01": set(), '["a"]': {TEXTS},
    "[]": {TEXTS}, "[3]": set(), '["a", 3]': set(), "{ a = 1 }": set(),
}  # fmt: skip
"""Each kind of value, and for which remedies it is right."""


def keys() -> Iterator[tuple[str, str, str]]:
    for table, header in HEADERS.items():
        hints = get_type_hints(table)
        for name in fields_dict(table):
            if hints[name] in REMEDIES:
                yield header, name, REMEDIES[hints[name]]


@pytest.mark.parametrize(("header", "key", "remedy"), list(keys()))
def test_each_value_is_taken_or_told_what_belongs_there(header: str, key: str, remedy: str) -> None:
    for value, right in VALUES.items():
        source = parse(f"{header}\n{key} = {value}\n", Path("jivod.toml"), BadConfig)
        if remedy in right:
            structure(source)
            continue
        with pytest.raises(BadConfig) as told:
            structure(source)
        assert str(told.value).startswith("jivod.toml:2: ") and str(told.value).endswith(f"; {remedy}"), (value, told)


def test_no_table_is_forgotten() -> None:
    assert len(list(keys())) > 40 and {header for header, _, _ in keys()} | {"[answer]"} == set(HEADERS.values())
