"""Sinks: who is told of changes, and every fault of a [[sink]] with its line. No fault repeats a URL or a secret."""

from __future__ import annotations

from base64 import b64encode

import pytest

from jivod.model.change import CHANGES, CREATED
from jivod.model.errors import BadConfig

KEY = bytes(range(32))
WHSEC = "whsec_" + b64encode(KEY).decode()
URL = "https://n8n.example.com/webhook/private-part"


def sink(place, lines: str, secret: str = WHSEC) -> object:
    place.secret_file("crm.secret", secret)
    return place.write(f"[[sink]]\n{lines}\n").load()


def test_without_any_there_is_none(place):
    assert place.load().sinks == ()


def test_a_sink_is_told_everything_unless_it_says_what(place):
    (one,) = sink(place, f'name = "n8n"\nurl = "{URL}"\nsecret_file = "crm.secret"').sinks
    assert (one.name, one.url, one.host, one.key) == ("n8n", URL, "n8n.example.com", KEY)
    assert (one.events, one.timeout) == (frozenset(CHANGES), 15.0)
    (one,) = sink(
        place, f'name = "a"\nurl = "{URL}"\nsecret_file = "crm.secret"\nevents = ["customer.created"]\ntimeout = 5'
    ).sinks
    assert (one.events, one.timeout) == (frozenset({CREATED}), 5.0)


def test_a_secret_that_is_not_base64_is_the_key_as_it_stands(place):
    (one,) = sink(place, f'name = "a"\nurl = "{URL}"\nsecret_file = "crm.secret"', "plain-secret-of-the-sink_1").sinks
    assert one.key == b"plain-secret-of-the-sink_1"


def test_what_is_private_is_not_shown(place):
    settings = sink(place, f'name = "a"\nurl = "{URL}"\nsecret_file = "crm.secret"')
    assert "private-part" not in repr(settings)
    assert repr(KEY) not in repr(settings)


@pytest.mark.parametrize(
    ("url", "noted"),
    [
        ("http://127.0.0.1:5678/webhook/x", False),
        ("http://[::1]:5678/x", False),
        ("http://localhost/x", False),
        ("https://n8n.example.com/x", False),
        ("http://n8n.example.com/x", True),
    ],
)
def test_a_sink_elsewhere_without_tls_is_allowed_and_noted(place, url, noted):
    settings = sink(place, f'name = "a"\nurl = "{url}"\nsecret_file = "crm.secret"')
    assert any("unencrypted" in note for note in settings.notes) is noted


GOOD = f'name = "a"\nurl = "{URL}"\nsecret_file = "crm.secret"'


@pytest.mark.parametrize(
    ("lines", "line", "says"),
    [
        ('name = "a"\nsecret_file = "crm.secret"', 1, "a sink without a url"),
        (f'url = "{URL}"\nsecret_file = "crm.secret"', 1, "a sink without a name"),
        (f'name = "a"\nurl = "{URL}"', 1, "a sink without a secret_file"),
        ('name = "a b"\nurl = "https://x.example.com"\nsecret_file = "crm.secret"', 2, "name does not fit"),
        (f'{GOOD}\nevents = ["customer.made"]', 5, "there is no event 'customer.made'"),
        (f"{GOOD}\nevents = []", 5, "events is empty"),
        (f'{GOOD}\nevents = "customer.created"', 5, "write a list of texts"),
        (f"{GOOD}\nevents = [1]", 5, "write a list of texts"),
        (f"{GOOD}\ntimeout = 0", 5, "timeout is out of range"),
        (f"{GOOD}\ntimeout = nan", 5, "timeout is out of range"),
        (f"{GOOD}\nretries = 3", 5, "unknown key 'retries'"),
        (f"{GOOD}\n[[sink]]\n{GOOD}", 6, "two sinks have the same name"),
        ('name = "a"\nurl = "https://x.example.com"\nsecret_file = "no.secret"', 4, "cannot be read"),
    ],
)
def test_a_fault_is_named_with_its_line(place, lines, line, says):
    with pytest.raises(BadConfig) as fault:
        sink(place, lines)
    assert says in str(fault.value)
    assert str(fault.value).startswith(f"{place.file}:{line}:")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://private-part.example.com",
        "https://",
        "https://user:private-part@x.example.com/",
        "https://x.example.com/private-part#a",
        "https://x.example.com:0/private-part",
        "https://x.example.com:99999/private-part",
        "https://x.example.com/private part",
        "https://x.example.com/private-part\\u0000",
        "https://ж.example.com/private-part",
        "https://x.example.com/private-part" + "a" * 2000,
        "file:///etc/private-part",
        "https://[::1/private-part",
    ],
)
def test_what_is_no_url_is_refused_without_being_repeated(place, url):
    with pytest.raises(BadConfig) as fault:
        sink(place, f'name = "a"\nurl = "{url}"\nsecret_file = "crm.secret"')
    assert "private" not in str(fault.value)
    assert str(fault.value).startswith(f"{place.file}:3:")


@pytest.mark.parametrize("secret", ["", "short", "whsec_", "whsec_%%%", "whsec_c2hvcnQ=", "whsec_" + "A" * 400])
def test_a_secret_too_short_to_be_one_is_refused(place, secret):
    with pytest.raises(BadConfig) as fault:
        sink(place, GOOD, secret)
    assert str(fault.value).startswith(f"{place.file}:4:")


def test_not_more_than_sixteen(place):
    many = "\n[[sink]]\n".join(GOOD.replace('"a"', f'"s{n}"') for n in range(17))
    with pytest.raises(BadConfig, match="more than 16 sinks"):
        sink(place, many)
