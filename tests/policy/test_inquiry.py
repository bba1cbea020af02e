"""The address of a look-up: the host is the operator's, and nothing that a visitor types leads anywhere else."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import BadConfig
from jivod.model.written import Written
from jivod.policy import inquiry
from jivod.policy.template import Press
from tests.policy.test_rows import scene

PRESS = Press("en")


def asked(url: str) -> inquiry.Inquiry:
    return inquiry.prepare(Written(url, "jivod.toml:9"), PRESS)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://crm.example.com/a/{{ customer.id }}", "https://crm.example.com"),
        ("http://127.0.0.1:9000/?q={{ customer.email }}", "http://127.0.0.1:9000"),
        ("http://[::1]:9000/{{ customer.phone }}", "http://[::1]:9000"),
        ("http://localhost?q={{ customer.email }}", "http://localhost"),
    ],
)
def test_the_host_stands_as_it_is(url: str, host: str) -> None:
    assert asked(url).host == host


@pytest.mark.parametrize(
    "url",
    [
        "https://{{ customer.name }}/", "https://crm.example.com{{ customer.name }}", "{{ customer.name }}",
        "https://crm.example.com:{{ counts.chats }}/", "ftp://crm.example.com/{{ customer.id }}",
        "//crm/{{ customer.id }}",
        "https://me:secret@crm.example.com/{{ customer.id }}", "https://crm.example.com@{{ customer.name }}/",
        "https://crm.example.com\\@evil.example/{{ customer.id }}", "https://crm.example.com:0/{{ customer.id }}",
        "https://crm.example.com:99999/{{ customer.id }}", "https://[::1/{{ customer.id }}",
        "https://[:::::]/{{ customer.id }}",
        "https://crm.example.com/#{{ customer.id }}", "https://crm.example.com/ş/{{ customer.id }}",
        "https:///{{ customer.id }}",
        "https://a..b/{{ customer.id }}", "https://crm.example.com/\n{{ customer.id }}", "https://crm.example.com/everybody",
        "https://crm.example.com/{{ lookup.balance }}", "https://crm.example.com/{{ customer.nme }}", "https://crm.example.com/{{",
    ],
)  # fmt: skip
def test_an_address_that_could_lead_elsewhere_is_refused_with_its_line(url: str) -> None:
    with pytest.raises(BadConfig, match=r"^jivod\.toml:9: url .*; "):
        asked(url)


def test_without_the_value_nobody_is_asked() -> None:
    url = "https://crm.example.com/{{ customer.email }}"
    assert asked(url).url(scene()) == b"https://crm.example.com/a%40example.com"
    assert asked(url).url(scene(emails=())) is None


@pytest.mark.parametrize(
    ("url", "is_proven"),
    [
        ("https://crm.example.com/{{ customer.token }}", True),
        ("https://crm.example.com/{{ channel.name }}/{{ customer.verified_email }}", True),
        ("https://crm.example.com/{{ customer.email }}", False),
        ("https://crm.example.com/{{ customer.token | default(customer.phone) }}", False),
        ("https://crm.example.com/{{ event.visitor_email }}", False),
        ("https://crm.example.com/{{ attributes.id }}", False),
        ("https://crm.example.com/?{{ customer | dictsort }}", False),
    ],
)
def test_what_is_proven(url: str, is_proven: bool) -> None:
    assert asked(url).is_proven == is_proven


HOSTILE = st.text() | st.sampled_from(
    ["../../admin", "@evil.example", "//evil.example", "?a=b&c=d", "#", "..", "%2e%2e", "\r\n"]
)


@given(HOSTILE, HOSTILE)
def test_whatever_is_typed_host_and_shape_stay(name: str, email: str) -> None:
    made = asked("https://crm.example.com/api/{{ customer.name }}/card?email={{ customer.email }}&all=1")
    found = made.url(scene(evolve(scene().panel, verified=True), name=name, emails=(email,)))
    if found is None:
        return
    parts = urlsplit(found.decode("ascii"))
    before, api, _, card = parts.path.split("/")
    assert (parts.scheme, parts.netloc, before, api, card, parts.fragment) == (
        "https",
        "crm.example.com",
        "",
        "api",
        "card",
        "",
    )
    assert [key for key, _ in parse_qsl(parts.query, keep_blank_values=True)] == ["email", "all"]
