"""[[answer.row]] and [lookup]: what is read, and every fault with its line and remedy."""

from __future__ import annotations

import re

import pytest

from jivod.model.errors import BadConfig
from jivod.model.written import ALWAYS, VERIFIED, RowDraft, Written

GOOD = """
[[answer.row]]
title = "Balance"
content = "{{ lookup.balance }}"
when = "verified"

[[answer.row]]
content = "{{ customer.since }}"
link = "https://crm.example.com/{{ customer.id }}"

[lookup]
url = "https://crm.example.com/api?email={{ customer.email }}"
header_files = { Authorization = "crm.token" }

[lookup.attributes]
balance = "account.balance"
total = "orders[0].lines[12].total"
first = "[0].name"
"""


def test_rows_are_read_with_their_lines(place):
    place.secret_file("crm.token", "Bearer abc\n")
    first, second = place.write(GOOD).load().rows
    file = place.file
    assert first == RowDraft(
        title=Written("Balance", f"{file}:3"), content=Written("{{ lookup.balance }}", f"{file}:4"), when=VERIFIED
    )
    assert (second.when, second.title, second.link.where) == (ALWAYS, None, f"{file}:9")


def test_a_look_up_is_read_with_its_headers(place):
    place.secret_file("crm.token", "Bearer abc\n")
    lookup = place.write(GOOD).load().lookup
    assert lookup.url.where == f"{place.file}:12"
    assert lookup.headers == {"Authorization": "Bearer abc"}
    assert (lookup.deadline, lookup.cache) == (0.8, 60)
    assert lookup.attributes == {
        "balance": ("account", "balance"),
        "total": ("orders", 0, "lines", 12, "total"),
        "first": (0, "name"),
    }
    assert "Bearer" not in repr(place.load())


def test_without_them_there_is_nothing(place):
    assert (place.load().rows, place.load().lookup) == ((), None)


def test_a_header_may_be_a_credential(place, tmp_path):
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "crm.token").write_text("Bearer of systemd")
    lookup = place.write(GOOD).load({"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}).lookup
    assert lookup.headers == {"Authorization": "Bearer of systemd"}


LOOKUP = '[lookup]\nurl = "https://crm.example.com/{{ customer.id }}"\nattributes = { a = "a" }\n'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[[answer.row]]\ntitle = "x"', 1, "a row without content; write content = "),
        ('[[answer.row]]\ncontent = " "', 1, "a row without content"),
        ('[[answer.row]]\ncontent = "x"\nwhen = "never"', 3, "when cannot be 'never'; choose one of always verified"),
        ('[[answer.row]]\ncontnt = "x"', 2, "unknown key 'contnt'; did you mean 'content'?"),
        ("[[answer.row]]\ncontent = 5", 2, "content is a whole number; write text in quotes"),
        ('[answer.row]\ncontent = "x"', 1, "answer.row is a table; write it under a line of its own: [[answer.row]]"),
        ('[[answer]]\nrow = "x"', 1, "answer is a list; write it under a line of its own: [answer]"),
        ('[[row]]\ncontent = "x"', 1, "unknown key 'row'; it belongs under [answer]"),
        ('[[answer.row]]\ncontent = "x"\n' * 31, 61, "there are more than 30 rows; keep those that matter most"),
        ("[lookup]\ndeadline = 0.5", 1, 'a look-up without a url; write url = "https://..."'),
        ('[lookup]\nurl = "https://crm.example.com/{{ customer.id }}"', 1, "a look-up of which nothing is wanted; "),
        (LOOKUP + "deadline = 0", 4, "deadline is out of range; choose between 0.05 and 10"),
        (LOOKUP + "cache = -1", 4, "cache is out of range"),
        (LOOKUP + 'header_files = { "X Y" = "a" }', 4, "'X Y' is no header to be set here; name one like"),
        (LOOKUP + 'header_files = { Host = "a" }', 4, "'Host' is no header to be set here"),
        (LOOKUP + 'header_files = { A = "none.token" }', 4, "none.token cannot be read (No such file or directory); "),
        (LOOKUP + 'header_files = { A = "two.token" }', 4, "two.token does not hold one line of plain text; write the"),
        (LOOKUP + 'header_files = { A = "open.token" }', 4, "open.token is open to every user of this machine; run: "),
        (LOOKUP + 'header_files = { A = "void.token" }', 4, "void.token does not hold one line of plain text"),
        (LOOKUP + "header_files = { A = 5 }", 4, "A is a whole number; write text in quotes"),
        (LOOKUP.replace('a = "a"', '"a b" = "a"'), 3, "'a b' is no name for a value; use letters"),
        (LOOKUP.replace('a = "a"', 'a = ""'), 3, "a does not say where in the answer the value stands; write the way"),
        (LOOKUP.replace('a = "a"', 'a = "a..b"'), 3, "a does not say where in the answer"),
        (LOOKUP.replace('a = "a"', 'a = "a[b]"'), 3, "a does not say where in the answer"),
        (LOOKUP.replace('a = "a"', 'a = "a[-1]"'), 3, "a does not say where in the answer"),
        (
            LOOKUP.replace('{ a = "a" }', "5"),
            3,
            "lookup.attributes is a whole number; write it under a line of its own: [lookup.attributes]",
        ),
    ],
)
def test_a_fault_is_named_with_its_line_and_remedy(place, text, line, words):
    place.secret_file("two.token", "Bearer abc\r\nHost: evil.example")
    place.secret_file("open.token", "Bearer abc", mode=0o644)
    place.secret_file("void.token", "\n")
    with pytest.raises(BadConfig, match=rf"^{re.escape(str(place.file))}:{line}: .*{re.escape(words)}"):
        place.write(text).load()


@pytest.mark.parametrize(
    ("url", "is_noted"),
    [("http://crm.example.com/", True), ("https://crm.example.com/", False), ("http://127.0.0.1:9/", False),
     ("http://[::1]/", False), ("http://localhost", False), ("http://localhost.example.com/", True)],
)  # fmt: skip
def test_headers_in_clear_text_are_noted(place, url, is_noted):
    place.secret_file("crm.token", "Bearer abc\n")
    notes = place.write(GOOD.replace("https://crm.example.com/api", url)).load().notes
    assert any("in clear text" in note for note in notes) == is_noted
    assert not any("Bearer" in note for note in notes)
