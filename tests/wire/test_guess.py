"""What a file is, by its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import Refused
from jivod.wire.guess import CSV, ENCODINGS, FORMATS, JSONL, VCARD, Encoding, format_of, is_separator_line, separator_of


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"email,name\n", CSV), (b"\xef\xbb\xbf\n email\n", CSV), (b'{"email"', JSONL), (b"\xef\xbb\xbf {", JSONL),
        (b"begin:vcard\r\n", VCARD), (b"\xef\xbb\xbfBEGIN:VCARD", VCARD),
    ],
)  # fmt: skip
def test_the_format(head: bytes, found: str) -> None:
    assert format_of(head) == found


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"PK\x03\x04..", "zip"), (b"\x1f\x8b\x08", "gzip"), (b"BZh9", "bzip2"), (b"\xfd7zXZ\0", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"), (b"\xd0\xcf\x11\xe0", "Excel"), (b"%PDF-1.7", "PDF"),
        (b"\xff\xfee\0m\0", "UTF-16"), (b"e\0m\0a\0", "zero bytes"), (b"", "empty"), (b" \r\n\t", "empty"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused_in_words(head: bytes, word: str) -> None:
    with pytest.raises(Refused, match=word):
        format_of(head)


TURKISH = "Ad;E-posta\nŞükrü Öğüt;s@example.com\nIşıl Çağ;i@example.com\n"
RUSSIAN = "Имя;Почта\nИван Петров;i@example.com\nАнна Белова;a@example.com\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TURKISH, "utf-8"), (RUSSIAN, "utf-8"), (TURKISH, "utf-8-sig"), (TURKISH, "cp1254"), (RUSSIAN, "cp1251"),
        ("plain", "utf-8"), ("é", "cp1254"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_the_encoding(text: str, encoding: str, piece: int) -> None:
    data, guess = text.encode(encoding), Encoding()
    if piece == 1 and encoding == "cp1251":
        return  # words need to be seen as words
    for start in range(0, len(data), max(piece, 3)):
        guess.feed(data[start : start + max(piece, 3)])
    guess.feed(b"", final=True)
    if piece > 7 or encoding.startswith("utf"):
        assert guess.name == encoding


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_any_bytes_have_an_encoding(pieces: list[bytes]) -> None:
    guess = Encoding()
    for piece in pieces:
        guess.feed(piece)
    guess.feed(b"", final=True)
    assert guess.name in ENCODINGS
    if guess.name.startswith("utf-8"):
        b"".join(pieces).decode("utf-8")


@given(st.binary(max_size=40))
def test_any_beginning_has_a_format_or_a_reason(head: bytes) -> None:
    try:
        assert format_of(head) in FORMATS
    except Refused as error:
        assert str(error)


@pytest.mark.parametrize(
    ("line", "separator"),
    [("a,b", ","), ("a;b", ";"), ("a\tb", "\t"), ("a|b", "|"), ("a", ","), ('"a,b,c";d', ";"), ("sep=;\r\n", ";")],
)
def test_the_separator(line: str, separator: str) -> None:
    assert separator_of(line) == separator


def test_only_a_line_of_its_own_says_the_separator() -> None:
    assert is_separator_line("sep=;\n")
    assert not is_separator_line("sep=x;b\n")
    assert not is_separator_line('sep="\n')
