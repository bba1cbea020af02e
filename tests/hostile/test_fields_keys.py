"""F: e-mails, phones and names that are odd, or none: what is a key by which somebody is found, and what is not."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from tests.hostile.ground import Ground
from tests.hostile.test_fields import event

numbers = count(1)


def _keys(ground: Ground, **visitor: Any) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """E-mails, phones and what else was kept of somebody who can be found by nothing else."""
    outcome = ground.post({**event(), "visitor": {"number": f"n{next(numbers)}", **visitor}})
    assert outcome.is_ok
    found = ground.of(outcome)
    return found.emails, found.phones, found.others


@pytest.mark.parametrize(
    "email",
    ["null", "none", "-", "a", "@", "a@b", "a@@b.c", "a@b@c.example", "a@[127.0.0.1]", "x@localhost"],
)  # fmt: skip
def test_f015_what_is_no_address_is_no_key_and_is_kept(ground: Ground, email: str) -> None:
    assert _keys(ground, email=email) == ((), (), (email,))
    assert len(ground.found(email)) == 0


def test_f015_blank_is_nothing_and_two_addresses_are_two(ground: Ground) -> None:
    for blank in ("", " ", "\t", "\u00a0", None):
        assert _keys(ground, email=blank) == ((), (), ())
    assert _keys(ground, email="one@example.com, two@example.com")[0] == ("one@example.com", "two@example.com")


def test_f016_every_way_to_write_an_address_is_one_key(ground: Ground) -> None:
    ways = (
        "Foo@EXAMPLE.com",
        " foo@example.com ",
        "mailto:foo@example.com",
        "<foo@example.com>",
        "Foo <foo@example.com>",
    )
    people = {ground.of(ground.post(event(visitor={"email": way, "number": ""}))).id for way in ways}
    assert len(people) == 1 and ground.golden("foo@example.com").emails == ("foo@example.com",)


def test_f017_an_address_with_a_header_behind_it_is_none(ground: Ground) -> None:
    for end in ("\r\n", "\n", "\r"):
        assert _keys(ground, email=f"foo@example.com{end}Bcc: victim@example.com")[0] == ()
    assert ground.found("foo@example.com") == ground.found("victim@example.com") == []


def test_f019_addresses_that_differ_are_apart_and_both_writings_of_a_host_are_one(ground: Ground) -> None:
    apart = ("foo@gmail.com", "f.oo@gmail.com", "foo+tag@gmail.com", "foo@googlemail.com")
    people = [ground.of(ground.post(event(visitor={"email": email, "number": ""}))).id for email in apart]
    assert len(set(people)) == 4
    hosts = ("ayse@örnek.com", "ayse@xn--rnek-4qa.com", "ayse@ÖRNEK.com", "ayse@o\u0308rnek.com")
    assert len({ground.of(ground.post(event(visitor={"email": email, "number": ""}))).id for email in hosts}) == 1
    assert _keys(ground, email='"a b"@example.com')[0] == ()


def test_f020_what_looks_like_an_address_is_another_or_none(ground: Ground) -> None:
    latin = ground.of(ground.post(event(visitor={"email": "ayse@example.com", "number": ""}))).id
    for other in ("\u0430yse@example.com", "ayse@\u0435xample.com", "\uff41yse@example.com"):
        assert ground.of(ground.post(event(visitor={"email": other, "number": ""}))).id != latin
    for none in ("ay\u200bse@example.com", "\u202eayse@example.com", "ayse\uff20example.com", "ayse@exam\u00adple.com",
                 "ayse@example.com\u200f", "ay\ufffdse@example.com", "ay\u0007se@example.com"):  # fmt: skip
        assert _keys(ground, email=none)[0] == ()
    assert ground.golden("ayse@example.com").id == latin


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("İSTANBUL İNCİ", ("istanbul", "İstanbul", "ISTANBUL", "ıstanbul", "inci")),
        ("ISPARTA", ("ısparta", "isparta", "ISPARTA", "İSPARTA")),
        ("ığdır", ("IĞDIR", "igdir", "ığdır", "İĞDİR")),
    ],
)
def test_f021_the_letters_i_are_one_in_a_name(ground: Ground, name: str, queries: tuple[str, ...]) -> None:
    id = ground.of(ground.post(event(visitor={"name": name}))).id
    for query in queries:
        assert [one.id for one in ground.found(query)] == [id], query


def test_f022_every_way_to_write_a_phone_is_one_key(ground: Ground) -> None:
    ways = ("+90 (555) 123 45 67", "00905551234567", "05551234567", "5551234567", "٠٥٥٥١٢٣٤٥٦٧", "+90 0555 123 45 67")
    people = [ground.of(ground.post({**event(), "visitor": {"phone": way}})) for way in ways]
    assert {one.id for one in people} == {people[0].id} and people[-1].phones == ("+905551234567",)


@pytest.mark.parametrize(
    "phone", ["0", "0000000000", "123", "+", "*#06#", "abc", "1" * 40, "123 or 456", "+90\u200b5551234567"]
)
def test_f023_what_is_no_phone_is_no_key_and_is_kept(ground: Ground, phone: str) -> None:
    emails, phones, others = _keys(ground, phone=phone)
    assert (emails, phones) == ((), ()) and len(others) == 1
