"""Source: whatever the file holds, one sentence with its line; the error is the reader's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from jivod.strict.source import parse, read


class Blamed(Exception):
    pass


def test_a_fault_names_file_and_line():
    source = parse("a = 1\n[b]\nc = 2\n", Path("x.toml"), Blamed)
    error = source.fault(("b", "c"), "c is 2", "write 3")
    assert isinstance(error, Blamed)
    assert str(error) == "x.toml:3: c is 2; write 3"
    assert [source.line_of(place) for place in (("b", "d"), ("b", "c", 7), ("e",), ())] == [2, 3, 1, 1]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"a = 1\na = \n", "x.toml:2: not valid TOML: invalid value"),
        (b"a = 1\nb = [1,\n", "x.toml:2: not valid TOML: "),
        (b"a = \xff", "x.toml:1: this is not UTF-8 text; save the file as UTF-8"),
        (b"a = " + b"[" * 100_000, "x.toml:1: "),
        (b"a = " + b"1" * 5_000, "x.toml:1: "),
        (b'a = "\xe2\x80\xa8"\nb', "x.toml:2: "),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(tmp_path, raw, message):
    path = tmp_path / "x.toml"
    path.write_bytes(raw)
    with pytest.raises(Blamed) as refused:
        read(path, Blamed)
    assert str(refused.value).startswith(f"{tmp_path}/{message}")
    assert "; " in str(refused.value)


def test_a_file_that_is_not_there_is_refused_with_the_readers_own_remedy(tmp_path):
    with pytest.raises(Blamed, match=r"none.toml:1: there is no such file; make one$"):
        read(tmp_path / "none.toml", Blamed, missing="make one")
