"""Where a client reaches what listens on an endpoint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import endpoints

from jivod.config.endpoint import Tcp, Unix, client, split
from jivod.config.settings import ADMIN_LISTEN, LISTEN

PIECES = st.sampled_from(["a", "tcp", "8080", ":", "=", "\\:", "\\=", "\\\\", "\\a", "\n"])


@pytest.mark.parametrize(
    ("listen", "found"),
    [
        (LISTEN, Tcp("127.0.0.1", 8080)),
        (ADMIN_LISTEN, Tcp("127.0.0.1", 8081)),
        ("tcp:8080", Tcp("127.0.0.1", 8080)),
        ("tcp:port=8080:backlog=9", Tcp("127.0.0.1", 8080)),
        ("tcp:8080:interface=0.0.0.0", Tcp("127.0.0.1", 8080)),
        ("tcp:8080:interface=", Tcp("127.0.0.1", 8080)),
        ("tcp:8080:192.0.2.7:50", Tcp("192.0.2.7", 8080)),
        ("tcp:interface=192.0.2.7:port=8080", Tcp("192.0.2.7", 8080)),
        (r"tcp:8080:interface=\:\:", Tcp("::1", 8080)),
        (r"tcp:8080:interface=2001\:db8\:\:7", Tcp("2001:db8::7", 8080)),
        ("tcp6:8080", Tcp("::1", 8080)),
        (r"tcp6:8080:50:2001\:db8\:\:7", Tcp("2001:db8::7", 8080)),
        ("unix:/run/jivod/web.sock", Unix("/run/jivod/web.sock")),
        ("unix:/run/jivod/web.sock:mode=660", Unix("/run/jivod/web.sock")),
        (r"unix:address=/run/jivod/a\:b=c", Unix("/run/jivod/a:b=c")),
    ],
)
def test_a_plain_endpoint_tells_where_it_is(listen, found):
    assert client(listen) == found


@pytest.mark.parametrize(
    "listen",
    [
        "systemd:domain=INET:index=0",
        "systemd:domain=UNIX:name=web",
        "ssl:8443:privateKey=/etc/key.pem",
        "tls:/etc/certificates:tcp:8443",
        "haproxy:tcp:8080",
        "tcp:0",
        "tcp:http",
        "tcp6:",
        "tcp:8080:interface=shop",
        "unix:web.sock",
        "unix:",
    ],
)
def test_any_other_does_not(listen):
    assert client(listen) is None


@given(st.lists(PIECES, min_size=1).map("".join))
def test_an_endpoint_is_split_as_twisted_splits_it(text):
    assert split(text) == endpoints._parse(text)
