"""Single values: text is clean and bounded, identifiers stay exact, times are believed or not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.wire.text import (
    EMAIL_CAP,
    ID_CAP,
    MESSAGE_CAP,
    NAME_CAP,
    TEXT_CAP,
    ident,
    line,
    text,
    time_in_id,
    time_ms,
)

BROKEN = "\ufffd"


def noted(function: Any, *args: Any) -> tuple[Any, set[str]]:
    odd: set[str] = set()
    return function(*args, odd), odd


@pytest.mark.parametrize("reader", [line, text])
@pytest.mark.parametrize("blank", [None, "", " ", "\n\t ", "\xa0", "\u3000", "\x00", "\ud800 \x07"])
def test_blank_reads_as_nothing(reader: Any, blank: Any) -> None:
    assert noted(reader, blank)[0] is None


@pytest.mark.parametrize("reader", [line, text])
def test_surrounding_white_space_goes_and_inner_stays(reader: Any) -> None:
    assert noted(reader, "\xa0 a\xa0b\n c \t\n") == ("a\xa0b\n c", set())


@pytest.mark.parametrize("reader", [line, text])
@pytest.mark.parametrize(
    "raw, clean, names",
    [
        ("a\x00b", f"a{BROKEN}b", {"control_character"}),
        ("\x1b[31mred", f"{BROKEN}[31mred", {"control_character"}),
        ("a\ud800b", f"a{BROKEN}b", {"lone_surrogate"}),
        ("\udc00\ud800x", f"{BROKEN}{BROKEN}x", {"lone_surrogate"}),
        ("tab\tline\nreturn\rend", "tab\tline\nreturn\rend", set()),
        ("x\u202eters\u202c", "x\u202eters\u202c", set()),
    ],
)
def test_j024_j026_broken_characters_are_replaced(reader: Any, raw: str, clean: str, names: set[str]) -> None:
    assert noted(reader, raw) == (clean, names)


@pytest.mark.parametrize("reader", [line, text])
def test_text_is_never_normalised(reader: Any) -> None:
    marks = "a\u0f71\u0f72\u0f74\u0301e\u0301"
    assert noted(reader, marks) == (marks, set())


@pytest.mark.parametrize("number, written", [(5, "5"), (-1, "-1"), (2**70, str(2**70)), (1.5, "1.5"), (1.0, "1.0")])
def test_a_number_is_taken_as_its_digits(number: Any, written: str) -> None:
    assert noted(line, number) == (written, {"number_for_text"})
    assert noted(text, number) == (written, {"number_for_text"})


@pytest.mark.parametrize("value", [True, False, [], ["a"], {}, {"a": 1}])
def test_what_is_no_text_reads_as_nothing_and_is_noted(value: Any) -> None:
    assert noted(line, value) == (None, {"not_text"})
    assert noted(text, value) == (None, {"not_text"})


def test_a_line_is_cut_at_its_characters() -> None:
    assert noted(line, "ğ" * NAME_CAP) == ("ğ" * NAME_CAP, set())
    assert noted(line, "ğ" * (NAME_CAP + 1)) == ("ğ" * NAME_CAP, {"cut_text"})


def test_a_cut_address_is_still_too_long_for_an_address() -> None:
    odd: set[str] = set()
    cut = line("a@" + "example." * 100 + "com", odd, EMAIL_CAP)
    assert cut is not None
    assert len(cut) > 254


@pytest.mark.parametrize("character", ["a", "ğ", "€", "👍"])
@pytest.mark.parametrize("cap", [TEXT_CAP, MESSAGE_CAP])
def test_f043_a_text_is_cut_at_its_bytes_and_never_inside_a_character(character: str, cap: int) -> None:
    odd: set[str] = set()
    cut = text("x" + character * cap, odd, cap)
    assert cut is not None
    assert cap - 4 < len(cut.encode()) <= cap
    assert set(cut) == {"x", character}
    assert odd == {"cut_text"}


def test_a_text_of_exactly_its_bytes_is_whole() -> None:
    odd: set[str] = set()
    assert text("a" * TEXT_CAP, odd) == "a" * TEXT_CAP
    assert not odd


@pytest.mark.parametrize(
    "value, expected, names",
    [
        (12, "12", set()),
        ("12", "12", set()),
        (" 12\n", "12", set()),
        ("kQ7dLm2RzT", "kQ7dLm2RzT", set()),
        ("012", "012", set()),
        (0, "0", set()),
        (2**53 + 1, "9007199254740993", set()),
        (2**64, "18446744073709551616", set()),
        (-1, "-1", {"negative_id"}),
        (1.0, "1", {"fractional_id"}),
        (1e3, "1000", {"fractional_id"}),
        (-2.0, "-2", {"fractional_id", "negative_id"}),
        (1.5, None, {"not_an_id"}),
        (2.0**53, None, {"not_an_id"}),
        (True, None, {"not_an_id"}),
        ({}, None, {"not_an_id"}),
        ([1], None, {"not_an_id"}),
        (None, None, set()),
        ("", None, set()),
        (" \xa0", None, set()),
        ("a\x00b", None, {"broken_id", "control_character"}),
        ("\ud800", None, {"broken_id", "lone_surrogate"}),
        ("a\xa0b", "a\xa0b", set()),
    ],
)
def test_j009_f004_an_identifier_is_exact_or_none(value: Any, expected: str | None, names: set[str]) -> None:
    assert noted(ident, value) == (expected, names)


def test_f006_a_long_identifier_ends_in_its_digest() -> None:
    odd: set[str] = set()
    one, other = ident("a" * 100_000, odd), ident("a" * 99_999 + "b", odd)
    assert one is not None
    assert len(one) == ID_CAP
    assert one != other
    assert odd == {"long_id"}


def test_f006_an_identifier_of_512_characters_is_whole() -> None:
    assert noted(ident, "a" * ID_CAP) == ("a" * ID_CAP, set())


@given(st.lists(st.text(max_size=4) | st.integers() | st.text("ab", min_size=600, max_size=700), max_size=8))
def test_identifiers_are_equal_only_for_equal_text(values: list[Any]) -> None:
    seen: dict[str, str] = {}
    for value in values:
        read = ident(value, set())
        if read is not None:
            assert seen.setdefault(read, str(value).strip()) == str(value).strip()


@pytest.mark.parametrize(
    "value, expected, names",
    [
        (1763800000, 1763800000000, set()),
        (1763800000123, 1763800000123, {"time_in_milliseconds"}),
        ("1763800001", 1763800001000, {"time_as_text"}),
        (" 1763800001 ", 1763800001000, {"time_as_text"}),
        ("1763800001.5", 1763800001500, {"time_as_text"}),
        ("1763800000123", 1763800000123, {"time_as_text", "time_in_milliseconds"}),
        (1763800000.25, 1763800000250, set()),
        (1763800000123.0, 1763800000123, {"time_in_milliseconds"}),
        (1104537600, 1104537600000, set()),
        (1104537599, None, {"unbelievable_time"}),
        (4102444799, 4102444799000, set()),
        (4102444800, None, {"unbelievable_time"}),
        (0, None, {"unbelievable_time"}),
        (-1, None, {"unbelievable_time"}),
        (10**18, None, {"unbelievable_time"}),
        (1e300, None, {"unbelievable_time"}),
        ("yesterday", None, {"unbelievable_time"}),
        ("0", None, {"time_as_text", "unbelievable_time"}),
        ("", None, {"unbelievable_time"}),
        (True, None, {"unbelievable_time"}),
        ([], None, {"unbelievable_time"}),
        (None, None, set()),
    ],
)
def test_f013_a_time_is_milliseconds_or_nothing(value: Any, expected: int | None, names: set[str]) -> None:
    assert noted(time_ms, value) == (expected, names)


@pytest.mark.parametrize(
    "number, expected",
    [
        ("1763800500726", 1763800500726),
        ("1104537600000", 1104537600000),
        ("0000000000000", None),
        ("9999999999999", None),
        ("2614", None),
        ("17638005007261", None),
        ("١٧٦٣٨٠٠٥٠٠٧٢٦", None),
        (None, None),
    ],
)
def test_an_id_of_13_digits_tells_its_time(number: str | None, expected: int | None) -> None:
    assert time_in_id(number) == expected
