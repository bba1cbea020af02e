"""Tables as CSV: read to the end whatever stands in the middle, written so that they read back as they were."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jivod.model.errors import Refused
from jivod.wire.item import Item
from jivod.wire.records import LINE_MAX
from jivod.wire.table import armed, csv_line, disarmed, several, values_of
from jivod.wire.upload import How, Upload, open_upload


def upload(text: str | bytes, **how: Any) -> Upload:
    return open_upload(io.BytesIO(text if isinstance(text, bytes) else text.encode()), How(**how))


def items(text: str | bytes, **how: Any) -> list[Item]:
    return list(upload(text, **how).rows)


def test_what_a_row_says_and_where_it_stands() -> None:
    (first, second) = items('email;note;Plan\na@example.com;"two\nlines";gold\n;;\nb@example.com;;\n')
    assert first == Item(
        line=2, said=(("email", "a@example.com"), ("description", "two\nlines"), ("attr:Plan", "gold")),
        cells=("a@example.com", "two\nlines", "gold"),
    )  # fmt: skip
    assert (second.line, second.said) == (5, (("email", "b@example.com"),))


def test_several_contacts_in_one_cell_or_in_several_columns() -> None:
    (one,) = items('email,email 2,phone,tags\n"a@example.com; b@example.com",c@example.com,"1\n2","x,y"\n')
    assert [value.strip() for field, value in one.said if field == "email"] == [
        "a@example.com", "b@example.com", "c@example.com",
    ]  # fmt: skip
    assert [value for field, value in one.said if field in ("phone", "tag")] == ["1", "2", "x", "y"]


@pytest.mark.parametrize(
    "bad", ["only one cell", "a,b,c,d", '"' + "x" * 200_000 + '",b', "x" * (LINE_MAX + 5), "x," * LINE_MAX]
)  # fmt: skip
def test_p007_a_bad_line_in_the_middle_is_reported_and_those_behind_it_are_read(bad: str) -> None:
    good = "email,name\na@example.com,Ali\n"
    first, wrong, last = items(f"{good}{bad}\nb@example.com,Veli\n")
    assert (first.fault, bool(wrong.fault), last.fault) == ("", True, "")
    assert (wrong.line, last.said) == (3, (("email", "b@example.com"), ("name", "Veli")))


def test_a_byte_that_is_no_character_spoils_its_row_alone() -> None:
    good = "email;name\na@example.com;Şule\n".encode("cp1254")
    first, wrong, last = items(good + b"b@example.com;\x90\nc@example.com;x\n")
    assert (first.said[1], bool(wrong.fault), last.fault) == (("name", "Şule"), True, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [("\n\na", "blank"), ("name,age\nAli,3\n", "--map"), (",".join(["email"] * 1001) + "\n", "1000 columns")],
)
def test_a_table_that_cannot_be_used_is_refused(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        upload(text)


def test_refused_rows_can_be_mended_and_read_again() -> None:
    first = upload("email;note\nbad;=1+1\nx;y;z\n")
    lines = first.refused_header + "".join([first.refused_as(item, "why; not") for item in first.rows])
    again = upload(lines)
    assert again.columns == (("email", "email"), ("note", "description"))
    one, two = list(again.rows)
    assert (one.said, two.fault) == (
        (("email", "bad"), ("description", "=1+1")), "it has 3 cells, and there are 2 columns",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+905320000001", "-1", "@x", "\tx", "\rx", "\0x", "'=x", "''+x"])
def test_no_spreadsheet_computes_a_cell(text: str) -> None:
    assert armed(text) == "'" + text
    assert disarmed(armed(text)) == text


@given(st.text(st.sampled_from("=+-@\t\r\n\0;,'\" x"), max_size=12), st.sampled_from(",;\t"), st.sampled_from(",;\t"))
def test_nor_what_it_splits_a_line_into(text: str, written: str, read: str) -> None:
    """Where `;` stands between cells, as in most of Europe, a line is split there, whatever was quoted."""
    line = csv_line(["id", armed(text), "z"], written)
    cells = [cell for row in csv.reader(io.StringIO(line, newline=""), delimiter=read) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\0"))]
    assert disarmed(armed(text)) == text


@pytest.mark.parametrize("text", ["", "x", "'x", "a=b", "'", "''", "a, b", "a;b", "a;'b"])
def test_all_other_text_is_written_as_it_is(text: str) -> None:
    assert disarmed(armed(text)) == armed(text) == text


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LINES = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)
HEADS = (b"", b"email,name\n", b'{"email":"a@example.com"}\n', b"BEGIN:VCARD\nEMAIL:a@example.com\nEND:VCARD\n")


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2)), st.sampled_from(",;\t|"))
def test_what_was_written_is_read_as_it_was(rows: list[list[str]], separator: str) -> None:
    lines = csv_line(["email", "Plan"], separator) + "".join([csv_line(map(armed, row), separator) for row in rows])
    assume("\0" not in lines)
    found = upload(lines, separator=separator, encoding="utf-8").rows
    assert [list(item.cells) for item in found] == [row for row in rows if any(armed(c).strip() for c in row)]


@given(st.lists(LINES, max_size=4))
def test_several_tags_in_one_cell_are_read_as_just_these(tags: list[str]) -> None:
    assert [value for _, value in values_of("tag", several(tags, "tag")) if value] == tags


@given(st.binary(max_size=300))
def test_any_bytes_are_read_to_the_end_or_refused(data: bytes) -> None:
    for head in HEADS:
        try:
            found = upload(head + data)
            rows = list(found.rows)
        except Refused:
            continue
        for item in rows:
            assert isinstance(found.refused_as(item, "why"), str)
            assert item.fault or item.said or found.format != "csv"


def test_a_quote_that_is_never_closed_is_told_and_nothing_of_it_is_taken() -> None:
    rows = "".join(f"u{n}@example.com,Person {n}\n" for n in range(3, 10))
    found = items(f'email,name\nu1@example.com,Ann\nu2@example.com,"Bob\n\n{rows}')
    assert [item.line for item in found] == [2, 3, *range(5, 12)]
    assert [item.said != () for item in found] == [True] + [False] * 8
    assert found[1].fault == (
        "a quote is opened here and never closed, so that all up to the end, line 11, is inside it: "
        "close the one that is open, or take it away"
    )
    assert found[2].fault == "it is in one row with line 3, by a quote that is not closed there"
    assert found[1].cells == ("u2@example.com", "Bob")
    (last,) = items('email,name\nu9@example.com,"Zed')
    assert last.fault == "a quote is opened here and never closed: close the one that is open, or take it away"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('a,"Bob\nb,Cem\nc,"Dan"\nd,Eda\n', {2: 2, 3: 2, 4: 2}),  # closed amid a text
        ('a,"two\nlines"\nb,"Bob\nc,Cem\nd,"Dan"\n', {4: 4, 5: 4, 6: 4}),
        ('"a\nb","Bob\nc,Cem', {2: 3, 3: 3, 4: 3}),  # the first cell is as it should be
        ('"a,",Bob\nb,Cem\nc,32" TV\n', {}),  # inches alone are no harm
        ('"a,,Bob\nb,Cem\nc,",x"\n', {2: 2, 3: 2, 4: 2}),  # as many cells as there should be, by chance
    ],
)
def test_rows_that_one_quote_makes_one_are_refused_line_by_line(text: str, lines: dict[int, int]) -> None:
    found = items("id,name\n" + text)
    assert {item.line for item in found if item.fault} == lines.keys()
    for item in found:
        if item.fault:
            told = "close the one" if item.line == lines[item.line] else f"in one row with line {lines[item.line]},"
            assert told in item.fault


def test_an_open_quote_with_more_behind_it_than_a_cell_may_hold_is_refused_line_by_line() -> None:
    rows = "".join(f"u{n}@example.com,Person {n}\n" for n in range(9000))
    found = items(f'email,name\nb@example.com,"Bob\n{rows}')
    assert [item.line for item in found] == list(range(2, 9003))
    assert "close the one" in found[0].fault
    assert all(item.fault or item.cells == (f"u{n}@example.com", f"Person {n}") for n, item in enumerate(found[1:]))


@pytest.mark.parametrize("text", ['a,32" TV\nb,"two\nlines"\n', 'b,"two\nlines"\na,32" TV\n'])
def test_an_odd_quote_beside_a_value_of_several_lines_is_doubted(text: str) -> None:
    first, second = items("id,name\n" + text)
    assert not first.fault
    assert f"line {first.line}" in second.fault


def test_a_header_with_an_open_quote_is_refused() -> None:
    with pytest.raises(Refused, match="never closed"):
        upload('email,"name\na@example.com,Ali\n')


def test_a_row_that_is_too_short_is_refused_again_with_its_reason() -> None:
    first = upload('email,name\na@example.com\nb@example.com,"Bob\nx\n')
    again = items(first.refused_header + "".join([first.refused_as(item, item.fault) for item in first.rows]))
    assert [item.cells for item in again] == [("a@example.com",), ("b@example.com", "Bob"), ("x",)]
    assert [bool(item.fault) for item in again] == [True, False, True]


NASTY = st.text(st.sampled_from('ab,;" \n\r'), max_size=6)


@given(
    st.integers(1, 3).flatmap(lambda n: st.lists(st.lists(NASTY, min_size=n, max_size=n), min_size=2, max_size=5)),
    st.sampled_from(",;"), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)  # fmt: skip
def test_where_one_quote_is_missing_no_row_is_missing_in_silence(
    rows: list[list[str]], separator: str, quoting: Any
) -> None:
    file = io.StringIO()
    headers = ["id", "name", "note"][: len(rows[0])]
    csv.writer(file, delimiter=separator, quoting=quoting).writerows([headers, *rows])
    text = file.getvalue()
    there = [row for row in rows if any(cell.strip() for cell in row)]
    assert [list(item.cells) for item in items(text, separator=separator)] == there
    for at in [at for at, character in enumerate(text) if character == '"']:
        try:
            found = items(text[:at] + text[at + 1 :], separator=separator)
        except Refused:
            continue
        assert any(item.fault for item in found) or len(found) >= len(there)
