"""Cookies, the header of a proxy, the name of a browser: what is read of a request, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.web.test.requesthelper import DummyRequest

from jivod.config.settings import Pages
from jivod.web.problem import Stopped
from jivod.web.signin import browser, cookies
from jivod.web.signin.caller import caller_of
from jivod.web.signin.cookies import MARKS, Device
from jivod.web.signin.proxy import NOBODY, NOT_BELIEVED, Proxy

TOKEN = "t" * 43
NUMBER, MARK = "n" * 22, "m" * 32


def request(*cookie_lines: str, peer: Any = None, **headers: str) -> Any:
    made: Any = DummyRequest([b""])
    made.client = peer or IPv4Address("TCP", "198.51.100.7", 4000)
    for line in cookie_lines:
        made.requestHeaders.addRawHeader("Cookie", line)
    for name, value in headers.items():
        made.requestHeaders.addRawHeader(name.replace("_", "-"), value)
    return made


def test_every_cookie_is_for_this_host_over_https_and_for_no_script() -> None:
    for name in (cookies.SESSION, cookies.DEVICE):
        for line in (cookies.keep(name, TOKEN, 60), cookies.drop(name)):
            parts = line.split("; ")
            assert parts[0].startswith("__Host-jivod")
            assert parts[1:5] == ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]
            assert "Domain" not in line
    assert cookies.drop(cookies.SESSION).endswith("Max-Age=0")
    assert "Max-Age" not in cookies.keep(cookies.SESSION, TOKEN)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([f"__Host-jivod={TOKEN}"], TOKEN),
        ([f"a=b; __Host-jivod={TOKEN};c=d"], TOKEN),
        (["a=b", f"__Host-jivod={TOKEN}"], TOKEN),
        ([f"jivod={TOKEN}"], None),
        ([f"__host-jivod={TOKEN}"], None),
        ([f"__Host-jivod={TOKEN}; __Host-jivod={'x' * 43}"], None),
        ([f"__Host-jivod={TOKEN}x"], None),
        (["__Host-jivod="], None),
        (["__Host-jivod"], None),
        ([], None),
        ([";" * 5000, f"__Host-jivod={TOKEN}"], TOKEN),
        (["a" * 9000, f"__Host-jivod={TOKEN}"], None),
    ],
)
def test_a_cookie_is_read_if_it_is_one_of_ours_and_there_once(lines: list[str], found: str | None) -> None:
    assert cookies.token(request(*lines), cookies.SESSION) == found


def test_a_device_is_read_as_it_was_written_with_few_marks() -> None:
    device = Device(NUMBER)
    for n in range(MARKS + 3):
        device = device.marked(f"{n:032}")
    assert len(device.marks) == MARKS and device.marks[0] == f"{MARKS + 2:032}"
    assert device.marked(device.marks[2]).marks[0] == device.marks[2]
    assert cookies.device(request(f"__Host-jivod-device={device}")) == device


@pytest.mark.parametrize(
    "text", ["", NUMBER, f"{NUMBER}.", f"{NUMBER}.{MARK}." + MARK[1:], f"{NUMBER}" + f".{MARK}" * 6]
)
def test_what_is_no_device_is_none(text: str) -> None:
    assert cookies.device(request(f"__Host-jivod-device={text}")) is None


def test_a_caller() -> None:
    found = caller_of(request(f"__Host-jivod={TOKEN}", User_Agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"))
    assert (found.address, found.agent, found.session, found.device) == ("198.51.100.7", "Firefox, Linux", TOKEN, None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "Chrome, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36", "Chrome, Android"),
        ("<script>alert(1)</script>", ""),
        ("x" * 100_000 + "Firefox", ""),
        ("", ""),
    ],
)
def test_a_browser_has_a_short_name(text: str, name: str) -> None:
    assert browser.name_of(text) == name


BELIEVED = Pages(trust_header="X-Remote-User", trust_from=("10.0.0.0/24", "::1/128", "127.0.0.1/32"))


def test_without_configuration_the_header_says_nothing() -> None:
    assert Proxy(Pages()).says(request(X_Remote_User="owner")) is None


@pytest.mark.parametrize("peer", ["10.0.0.9", "::ffff:10.0.0.9", "::1", "127.0.0.1"])
def test_the_proxy_of_the_configuration_is_believed(peer: str) -> None:
    address = (IPv6Address if ":" in peer else IPv4Address)("TCP", peer, 1)
    assert Proxy(BELIEVED).says(request(X_Remote_User="Owner", peer=address)) == "owner"
    assert Proxy(BELIEVED).says(request(peer=address)) is None


@pytest.mark.parametrize("peer", ["10.0.1.9", "198.51.100.7", "127.0.0.2"])
@pytest.mark.parametrize("forwarded", ["10.0.0.9", "127.0.0.1"])
def test_nobody_else_is_whatever_he_says_of_himself(peer: str, forwarded: str) -> None:
    asked = request(X_Remote_User="owner", X_Forwarded_For=forwarded, peer=IPv4Address("TCP", peer, 1))
    with pytest.raises(Stopped) as caught:
        Proxy(BELIEVED).says(asked)
    assert caught.value.problem is NOT_BELIEVED


def test_a_socket_is_believed_where_the_configuration_says_so_only() -> None:
    asked = request(X_Remote_User="owner", peer=UNIXAddress(b"/run/x"))
    with pytest.raises(Stopped):
        Proxy(BELIEVED).says(asked)
    assert Proxy(Pages(trust_header="X-Remote-User", trust_from=("unix",))).says(asked) == "owner"


def test_a_name_that_none_can_have_and_two_names_are_refused() -> None:
    peer = IPv4Address("TCP", "10.0.0.9", 1)
    twice = request(X_Remote_User="owner", peer=peer)
    twice.requestHeaders.addRawHeader("X-Remote-User", "other")
    for asked in (request(X_Remote_User="", peer=peer), request(X_Remote_User="a b", peer=peer), twice):
        with pytest.raises(Stopped) as caught:
            Proxy(BELIEVED).says(asked)
        assert caught.value.problem is NOBODY
