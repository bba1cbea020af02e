"""An imported row: read back as written, made of what any format says, refused where it cannot be kept whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import Damaged, Refused
from jivod.wire import row
from jivod.wire.row import FIELDS, Source

SOURCE = Source(by="Elif", file="crm.csv", finding=("email",))
FIELD = st.sampled_from([*FIELDS, "attr:Plan", "attr:Şehir", "-"])
PAIRS = st.lists(st.tuples(FIELD, st.text(max_size=30)), max_size=8)


@given(said=PAIRS, line=st.integers(0, 2**31))
def test_what_was_made_is_read_back_as_it_was_written(said: list[tuple[str, str]], line: int) -> None:
    try:
        made = row.make(said, SOURCE, line)
    except Refused:
        return
    body = row.write(made)
    assert row.read(body) == row.reading_of(made, body)
    assert row.read(body).event == made


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([("name", "x" * 300)], "too long"),
        ([("attr:Plan", "x" * 9000)], "too long"),
        ([("id", "x" * 5000)], "too long"),
        ([("email", "x" * 400)], "too long"),
        ([("name", "a\0b")], "no text"),
        ([("description", "a\ud800b")], "no text"),
        ([("id", "a\x01")], "no text"),
        ([("social", "javascript:alert(1)")], "link"),
        ([("tag", str(n)) for n in range(101)], "more than 100"),
    ],
)
def test_what_cannot_be_kept_whole_is_refused(said: list[tuple[str, str]], why: str) -> None:
    with pytest.raises(Refused, match=why):
        row.make([("email", "a@example.com"), *said], SOURCE, 1)


def test_the_name_comes_in_parts_or_whole() -> None:
    for said, name in [
        ([("name", "Ayşe"), ("last_name", "Yılmaz")], "Ayşe Yılmaz"),
        ([("last_name", "Yılmaz"), ("name", " ")], "Yılmaz"),
        ([("name", "Ayşe Yılmaz")], "Ayşe Yılmaz"),
    ]:
        assert row.make(said, SOURCE, 1).visitor.name == name


@given(body=st.binary(max_size=60) | st.sampled_from([b"{}", b"[]", b'{"import":1}', b'{"import":{"by":1}}', b"null"]))
def test_any_other_body_is_damage(body: bytes) -> None:
    with pytest.raises(Damaged):
        row.read(body)
