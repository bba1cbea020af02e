"""Lines: everything that has a place in a TOML text is found, on the line where it was written."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jivod.strict.lines import Place, lines

TEXT = '''\
top = 1  # not = this
"quoted key" = [1, # nor [this]
  "]", { a = 1, "b.c" = [ 2,
  3 ] }]
dotted . "x" = """
[no.header]
no = "key" """""
[a.b]
'literal' = 'x = "y"'
[[list]]
name = "one"
[list.inner]
deep = { e = { f = 1 } }
[[list]]
name = \'\'\'
[[list]]
\'\'\'
date = 1979-05-27 07:32:00
rows = [
  { x = 1 },  # first
  { x = 2 },
]
'''


def test_every_key_table_and_item_has_its_line():
    found = lines(TEXT)
    expected: dict[Place, int] = {
        ("top",): 1,
        ("quoted key",): 2,
        ("quoted key", 1): 3,
        ("quoted key", 2, "a"): 3,
        ("quoted key", 2, "b.c", 1): 4,
        ("dotted",): 5,
        ("dotted", "x"): 5,
        ("a", "b"): 8,
        ("a", "b", "literal"): 9,
        ("list", 0, "name"): 11,
        ("list", 0, "inner"): 12,
        ("list", 0, "inner", "deep", "e", "f"): 13,
        ("list", 1): 14,
        ("list", 1, "name"): 15,
        ("list", 1, "date"): 18,
        ("list", 1, "rows", 0): 20,
        ("list", 1, "rows", 1, "x"): 21,
    }
    assert {place: found[place] for place in expected} == expected
    assert set(places(tomllib.loads(TEXT))) == set(found)


def places(value: Any, place: Place = ()) -> list[Place]:
    """Every place in a parsed file."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for key, item in inner for p in ((*place, key), *places(item, (*place, key)))]


def text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def inline(value: Any, gap: str) -> str:
    """A value as TOML; `gap` stands between the items of lists."""
    if isinstance(value, list):
        return f"[{gap}" + f",{gap}".join(inline(item, gap) for item in value) + f"{gap}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{text(key)} = {inline(item, '')}" for key, item in value.items()) + " }"
    return text(value) if isinstance(value, str) else str(value)


values = st.recursive(
    st.integers(0, 9) | st.text(max_size=4) | st.text("\"'[]{},=#\\\n ", max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(max_size=4), values, max_size=4),
    st.sampled_from(["", " ", "\n", " # = [ { \" '\n\t"]),
    st.lists(st.sampled_from(["", "# x = 1", " # [x]"]), max_size=3),
)
def test_whatever_the_text_says_is_found_and_nothing_else(table: dict[str, Any], gap: str, between: list[str]) -> None:
    filling = "".join(line + "\n" for line in between)
    written = [f"{text(key)} = {inline(value, gap)}\n{filling}" for key, value in table.items()]
    whole = "".join(written)
    assert tomllib.loads(whole) == table
    found = lines(whole)
    assert sorted(found, key=repr) == sorted(places(table), key=repr)
    above = 1
    for key, part in zip(table, written, strict=True):
        assert found[(key,)] == above
        above += part.count("\n")
