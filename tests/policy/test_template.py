"""The operator's templates: what they can say, what has no place in them, and that a value is only ever a value."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.policy.formats import TEXT_CAP, Absent, Unshowable
from jivod.policy.grammar import TURNS, Unusable
from jivod.policy.template import SOURCE_CAP, URL_CAP, Press

PRESS = Press("en")
TABLES: dict[str, Any] = {
    "customer": {"name": "Ayşe Yılmaz", "emails": ("a@example.com", "b@example.com"), "since": date(2026, 1, 2)},
    "attributes": {"Balance": "1234.5", "Plan": "Gold", "__class__": "a word", "items": "a value"},
    "counts": {"chats": 3},
    "yes": True,
}


def text(source: str, **tables: Any) -> str:
    return PRESS.text(source).render(TABLES | tables)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("plain", "plain"),
        ("{{ customer.name }}", "Ayşe Yılmaz"),
        ("{{ customer.name | split | first }}", "Ayşe"),
        ("{{ customer['name'][:4] }}", "Ayşe"),
        ("{{ customer.emails }}", "a@example.com, b@example.com"),
        ("{{ customer.emails | map('upper') | join('; ') }}", "A@EXAMPLE.COM; B@EXAMPLE.COM"),
        ("{{ customer.since }}", "Jan 2, 2026"),
        ("{{ yes }}{{ not yes }}", "✓✗"),
        ("{{ attributes.Balance * 2 + counts.chats }}", "2472.0"),
        ("{{ (attributes.Balance / 3) | number(2) }}", "411.50"),
        ("{{ attributes.Nothing | default('none') }}", "none"),
        ("{% if attributes.Plan == 'Gold' %}VIP{% else %}-{% endif %}", "VIP"),
        ("{% if attributes.Nothing == 'Gold' %}VIP{% else %}-{% endif %}", "-"),
        ("{% if attributes.Nothing %}VIP{% else %}-{% endif %}", "-"),
        ("{% for e in customer.emails %}{{ loop.index }} {{ e }}{% if not loop.last %}, {% endif %}{% endfor %}",
         "1 a@example.com, 2 b@example.com"),
        ("{{ attributes.__class__ }} {{ attributes['__class__'] }} {{ attributes.items }}", "a word a word a value"),
        ("{{ attributes.Balance | replace('.', ',') }}", "1234,5"),
        ("{{ 1 / 3 }}", "0.3333333333333333333333333333"),
    ],
)  # fmt: skip
def test_what_a_template_can_say(source: str, shown: str) -> None:
    assert text(source) == shown


@pytest.mark.parametrize(
    "source",
    [
        "{{ attributes.Nothing }}",
        "{{ attributes.Nothing.more }}",
        "{{ customer.name.__class__ }}",
        "{{ customer.name.upper }}",
        "{{ customer.__init__ }}",
        "{{ customer.emails[7] }}",
        "{{ 'VIP' if attributes.Plan == 'Silver' }}",
        "{{ loop.__class__ }}",
        "{% for e in customer.emails %}{{ loop.changed }}{% endfor %}",
        "{{ attributes.Nothing | upper }}",
    ],
)
def test_what_is_not_there_is_absent(source: str) -> None:
    with pytest.raises(Absent):
        text(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ customer }}",
        "{{ customer.name * 1000000 }}",
        "{{ 'a' * 10000000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ customer.name + 'x' }}",
        "{{ counts.chats / 0 }}",
        "{{ counts.chats < 'a' }}",
        "{{ attributes.Plan | currency('EUR') }}",
        "{{ attributes.Balance | currency('euro') }}",
        "{{ attributes.Balance | number(1000000) }}",
        "{{ customer.since | date('%H' ) }}",
        "{{ customer.emails | sum }}",
        "{{ customer.emails | join(customer) }}",
        "{{ customer.name | replace('', customer.name) | replace('', customer.name) | replace('', customer.name) }}",
    ],
)
def test_what_does_not_fit_cannot_be_shown(source: str) -> None:
    with pytest.raises(Unshowable):
        text(source)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{{ customer.name", "is no template"),
        ("{% if yes %}", "is no template"),
        ("{{ customer.name | shout }}", "uses the filter 'shout'"),
        ("{% if yes %}{{ customer.name | uper }}{% endif %}", "did you mean 'upper'"),
        ("{% if yes is happy %}x{% endif %}", "uses the test 'happy'"),
        ("{{ range(10) }}", "calls something"),
        ("{{ customer.name.upper() }}", "calls something"),
        ("{{ 2 ** 99999999 }}", "has a pow in it"),
        ("{% set a = 1 %}", "has a assign in it"),
        ("{% include 'x' %}", "has a include in it"),
        ("{% macro f() %}{% endmacro %}", "has a macro in it"),
        ("{{ '' | center(1000000000) }}", "uses the filter 'center'"),
        ("{{ customer | attr('name') }}", "uses the filter 'attr'"),
        (
            "{% for a in customer.emails %}{% for b in customer.emails %}{% endfor %}{% endfor %}",
            "a loop within a loop",
        ),
        (
            "{% for a in customer.emails %}{% if yes %}{% for b in a %}{% endfor %}{% endif %}{% endfor %}",
            "a loop with",
        ),
        ("{{ " + "(" * 900 + "1" + ")" * 900 + " }}", "too deeply nested"),
        ("x" * (SOURCE_CAP + 1), "is longer than"),
    ],
)
def test_what_has_no_place_in_a_template_is_refused_before_it_is_used(source: str, problem: str) -> None:
    with pytest.raises(Unusable, match=problem):
        PRESS.text(source)


def test_what_grows_is_stopped() -> None:
    with pytest.raises(Unshowable, match="far too long"):
        text("{{ long | list | join(long) }}", long="x" * 8192)


def test_a_loop_ends_and_a_text_too() -> None:
    many = tuple(str(n) for n in range(10_000))
    assert text("{% for n in many %}.{% endfor %}", many=many) == "." * TURNS
    assert len(text("{% for n in many %}{{ customer.name }}{% endfor %}", many=many)) == TEXT_CAP
    assert len(text("{{ long }}", long="x" * 100_000)) == TEXT_CAP
    assert len(text("{{ many }}", many=many)) <= TEXT_CAP


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("{% for x in y %}", "{% for x in y %}"),
        ("<script>&amp;", "<script>&amp;"),
        ("Ali\r\nBalance: 1000", "Ali Balance: 1000"),
        ("a\x00\x1b[31mb\x9b", "a [31mb"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\ud800x", "x"),
        ("1\xa0000", "1\xa0000"),
    ],
)
def test_a_value_is_one_line_of_what_stands_in_it(value: str, shown: str) -> None:
    assert text("{{ hostile }}", hostile=value) == shown


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("a@example.com", "a%40example.com"),
        ("a b&c=d#e/../f?g", "a%20b%26c%3Dd%23e%2F..%2Ff%3Fg"),
        ("%2e%2e", "%252e%252e"),
        ("ş", "%C5%9F"),
        ("\r\nHost: evil", "%0D%0AHost%3A%20evil"),
        ("\ud800", "%3F"),
        (True, "true"),
        (12, "12"),
        (date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_in_an_address_a_value_stays_the_part_that_it_stands_in(value: object, part: str) -> None:
    assert PRESS.link("https://example.com/{{ x }}?").render({"x": value}) == f"https://example.com/{part}?"


@pytest.mark.parametrize("value", ["", ".", "..", "x" * (TEXT_CAP + 1), ("a",), {}])
def test_what_would_change_an_address_makes_none(value: object) -> None:
    with pytest.raises(Unshowable):
        PRESS.link("https://example.com/{{ x }}/secret").render({"x": value})


def test_the_names_are_told_as_far_as_they_stand_in_the_text() -> None:
    source = "{{ customer.name }}{% for t in customer.tags %}{{ t.x }}{{ loop.index }}{% endfor %}{{ a['b c'][d.e] }}"
    assert PRESS.text(source).names == {("customer", "name"), ("customer", "tags"), ("a", "b c"), ("d", "e")}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
SOURCES = (
    "{{ x }}", "{{ x | date }}", "{{ x | number }}", "{{ x | currency('TRY') }}", "{{ x | number(2) }}", "{{ x * 2 }}",
    "{{ x.y.z }}", "{{ x | int + 1 }}", "{{ x | upper | title | truncate(9) }}", "{{ x | items | list }}",
    "{% for a in x %}{{ a }}{% endfor %}", "{{ x | sort | unique | join(x) }}", "{{ x ~ x }}", "{{ x[0] }}",
    "{{ x | replace(x, x) }}", "{% if x > 1 %}{{ x }}{% endif %}", "{{ x | dictsort | map('first') | list }}",
)  # fmt: skip


@given(st.sampled_from(SOURCES), VALUES, st.sampled_from(["en", "tr", "ru", "pt", "es"]))
def test_whatever_a_value_is_there_is_a_text_or_a_refusal(source: str, value: object, language: str) -> None:
    press = Press(language)
    for make, cap in ((press.text, TEXT_CAP), (press.link, URL_CAP), (press.address, URL_CAP)):
        try:
            shown = make(source).render({"x": value})
        except Unshowable:
            continue
        assert isinstance(shown, str) and len(shown) <= cap
