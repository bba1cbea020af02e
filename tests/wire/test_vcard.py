"""Customers as vCards."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.customer import GoldenRecord
from jivod.wire import vcard
from tests.strategies.records import texts
from tests.wire.test_table import items, upload

V4 = """BEGIN:VCARD
VERSION:4.0
FN:Ayşe Yılmaz
N:Yılmaz;Ayşe;;;
EMAIL;PREF=2:b@example.com
item1.EMAIL;PREF=1;TYPE=work:a@example.com
TEL;VALUE=uri;TYPE=cell:tel:+90-532-000-00-01
NOTE:one\\, two\\nthree
ORG:Acme;Sales
CATEGORIES:vip,x\\,y
URL:https://example.com/ayse
URL:ftp://example.com
BDAY:19700101
END:VCARD
"""
V3 = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Demir;Ali;;;\r\nTEL;TYPE=CELL:1\r\nTEL;TYPE=WORK,PREF:2\r\n"
    "NOTE:fol\r\n ded\r\nEND:VCARD\r\n"
)
V2 = "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=9Eule\nTEL;CELL;PREF:3\nEND:VCARD\n"


def test_version_4_with_its_preferences() -> None:
    (one,) = items(V4)
    assert one.said == (
        ("name", "Ayşe Yılmaz"), ("email", "a@example.com"), ("email", "b@example.com"), ("phone", "+90-532-000-00-01"),
        ("description", "one, two\nthree"), ("organization", "Acme, Sales"), ("tag", "vip"), ("tag", "x,y"),
        ("social", "https://example.com/ayse"),
    )  # fmt: skip


def test_older_versions() -> None:
    three, two = items(V3 + V2)
    assert three.said == (("name", "Ali Demir"), ("phone", "2"), ("phone", "1"), ("description", "folded"))
    assert two.said == (("name", "Şule"), ("phone", "3"))
    assert (three.line, two.line) == (1, 9)


@pytest.mark.parametrize(
    "bad",
    [
        "BEGIN:VCARD\nTEL" + ';a="' * 9000 + "\nEND:VCARD\n", "BEGIN:VCARD\nTEL" + ";a=b" * 9000 + ":1\nEND:VCARD\n",
        "BEGIN:VCARD\n" + "NOTE:x\n" * 9000 + "END:VCARD\n",
        "BEGIN:VCARD\nFN:cut off\n", "BEGIN:VCARD\nno colon here\nEND:VCARD\n", "stray\n",
        "BEGIN:VCARD\nNOTE:" + "x" * (5 << 20) + "\nEND:VCARD\n",
    ],
)  # fmt: skip
def test_p007_a_bad_card_is_reported_and_the_next_is_read(bad: str) -> None:
    first, wrong, last = items(V2 + bad + V3)
    assert (first.fault, bool(wrong.fault), last.fault) == ("", True, "")
    assert wrong.line == 6


HOLDING_UP = [
    "TEL;" + "A" * 50_000, 'TEL;a="' + ',"' * 50_000, "X" * 50_000, ":" * 50_000, "NOTE:" + "\\" * 50_000,
    "N:" + ";" * 50_000, "N:" + "," * 50_000, "A." * 50_000 + "B:1", "BEGIN:X\n" * 1_000, " \n" * 50_000,
    "NOTE;ENCODING=QUOTED-PRINTABLE:" + "=\n" * 50_000, "NOTE:" + "x\n " * 50_000, "TEL;" + "a," * 50_000 + ":1",
]  # fmt: skip


@pytest.mark.parametrize("line", HOLDING_UP)
def test_p008_no_line_holds_the_reading_up(line: str) -> None:
    begun = time.process_time()
    assert len(items(f"BEGIN:VCARD\n{line}\nEND:VCARD\n")) == 1
    assert time.process_time() - begun < 2


def test_a_refused_card_says_why_and_can_be_read_again() -> None:
    found = upload(V2)
    (one,) = [found.refused_as(item, "why, not") for item in found.rows]
    assert "X-JIVOD-REFUSED:why\\, not\r\n" in one
    assert items(one)[0].said == items(V2)[0].said
    assert one == upload(one).refused_as(items(one)[0], "why, not")


LINES = texts(min_size=1).map(lambda text: "x" + " ".join("".join(c for c in text if c.isprintable()).split()))


@given(
    name=LINES,
    emails=st.lists(st.sampled_from(["a@example.com", "b@example.com", "c@example.com"]), unique=True),
    phones=st.lists(st.sampled_from(["+905320000001", "+905320000002"]), unique=True),
    description=LINES,
    tags=st.lists(LINES, unique=True, max_size=3),
)
def test_what_was_written_is_read_as_it_was(
    name: str, emails: list[str], phones: list[str], description: str, tags: list[str]
) -> None:
    golden = GoldenRecord(
        id="c1", name=name, emails=tuple(emails), phones=tuple(phones), description=description, tags=tuple(tags),
        attributes={"organization": "Acme; Co"},
    )  # fmt: skip
    text = vcard.write(golden)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    (one,) = items(text)
    said: dict[str, list[str]] = {}
    for field, value in one.said:
        said.setdefault(field, []).append(value)
    expected = {
        "name": [name], "email": emails, "phone": phones, "description": [description], "tag": tags,
        "organization": ["Acme; Co"],
    }  # fmt: skip
    assert said == {field: values for field, values in expected.items() if values}
