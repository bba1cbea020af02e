"""The channel: raw bytes, where plain Twisted would do otherwise. Tests carry the id of their case."""

from __future__ import annotations

import tempfile
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.web.limits import Limits, is_sane_host
from tests.web.shop import EVENT, HOOK, SECRET, HeldWriter, Reply, Shop, chunked, open_shop, request

SMALL = Limits(body=1000)


def padded(size: int) -> bytes:
    """A valid event of exactly `size` bytes."""
    return EVENT + b" " * (size - len(EVENT))


def ask(shop: Shop, *parts: bytes) -> tuple[Reply, bool]:
    """The one answer to the bytes, and whether the connection was closed after it."""
    wire = shop.connect()
    wire.send(*parts)
    return wire.reply(), wire.closed


def refused(shop: Shop, *parts: bytes) -> int:
    """The status of a refusal: JSON, closed, and not a byte of it kept."""
    reply, closed = ask(shop, *parts)
    assert closed and reply.headers["Connection"] == "close"
    assert orjson.loads(reply.body)["error"]["code"]
    assert (shop.journal(), shop.quarantine()) == ([], [])
    return reply.status


def test_no_version_is_told_and_the_date_is(shop: Shop) -> None:
    reply, closed = ask(shop, request())
    assert reply.status == 200 and not closed
    assert "Server" not in reply.headers and reply.headers["Date"].endswith("GMT")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"no colon here\r\n", id="h001"),
        pytest.param(b"Accept : x\r\n", id="h002"),
        pytest.param(b"Accept: a\rb\r\n", id="h004"),
        pytest.param(b"Transfer-Encoding: chunked\r\n", id="h006"),
        pytest.param(b"Content-Length: 3\r\n", id="h008"),
        pytest.param(b"Transfer-Encoding: xchunked\r\n", id="h023"),
        pytest.param(b"Transfer-Encoding: gzip, chunked\r\n", id="h024"),
        pytest.param(b"Transfer-Encoding: identity\r\n", id="h025"),
        pytest.param(b"Host: crm.example.com\r\n", id="h050"),
    ],
)
def test_h001_to_h025_bad_headers_are_400(shop: Shop, head: bytes) -> None:
    assert refused(shop, request(extra=head)) == 400


@pytest.mark.parametrize("length", [b"7, 7", b"+7", b"-1", b"0x7", b"", b"\xd9\xa7"], ids=repr)
def test_h009_to_h012_a_content_length_that_is_no_number_is_400(shop: Shop, length: bytes) -> None:
    assert refused(shop, request(length=length)) == 400


@pytest.mark.parametrize("length", [b"9" * 5000, b"9223372036854775808", b"0" * 13], ids=["h013", "h014", "zeros"])
def test_h013_h014_an_absurd_content_length_is_413(shop: Shop, length: bytes) -> None:
    assert refused(shop, request(length=length)) == 413


def test_h015_a_body_over_the_limit_is_413_before_it_is_read() -> None:
    shop = open_shop(limits=SMALL)
    assert refused(shop, request(b"", length=b"1001")) == 413


def test_h016_it_is_413_instead_of_100_continue() -> None:
    wire = open_shop(limits=SMALL).connect()
    wire.send(request(b"", length=b"1001", extra=b"Expect: 100-continue\r\n"))
    assert wire.transport.value().startswith(b"HTTP/1.1 413 ")


def test_h016_within_the_limit_100_continue_comes_first(shop: Shop) -> None:
    wire = shop.connect()
    head, body = request(extra=b"Expect: 100-continue\r\n").split(b"\r\n\r\n")
    wire.send(head + b"\r\n\r\n")
    assert wire.transport.value() == b"HTTP/1.1 100 Continue\r\n\r\n"
    wire.send(body)
    assert wire.reply().status == 200


def test_h017_chunks_are_413_as_soon_as_their_sum_passes_the_limit() -> None:
    shop = open_shop(limits=SMALL)
    wire = shop.connect()
    wire.send(chunked(600 * b"a"))
    assert wire.replies() == []
    wire.send(b"191\r\n" + 401 * b"a" + b"\r\n0\r\n\r\n" + request())
    assert (wire.reply().status, wire.closed) == (413, True)
    assert shop.journal() == []


def test_h017_no_body_goes_to_a_temporary_file(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_file(*_: Any, **__: Any) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr(tempfile, "TemporaryFile", no_file)
    assert ask(shop, chunked(EVENT, b""))[0].status == 200
    assert ask(shop, request(padded(300_000)))[0].status == 200


@given(sizes=st.lists(st.integers(1, 400), min_size=1, max_size=6), cut=st.integers(1, 500))
def test_h017_the_limit_holds_however_the_bytes_are_cut(sizes: list[int], cut: int) -> None:
    wire = open_shop(limits=SMALL).connect()
    data = chunked(*(b"a" * size for size in sizes), b"")
    wire.send(*(data[i : i + cut] for i in range(0, len(data), cut)))
    assert wire.reply().status == (413 if sum(sizes) > SMALL.body else 400)


def test_h018_a_body_of_exactly_the_limit_is_taken() -> None:
    shop = open_shop(limits=SMALL)
    assert ask(shop, request(padded(1000)))[0].status == 200
    assert len(shop.journal()) == 1


def test_h021_a_body_cut_short_is_not_kept(shop: Shop) -> None:
    wire = shop.connect()
    wire.send(request()[:-5])
    wire.hang_up()
    assert (wire.replies(), shop.journal(), shop.quarantine()) == ([], [], [])


def test_h022_what_comes_after_the_body_is_another_request(shop: Shop) -> None:
    wire = shop.connect()
    wire.send(request() + b"extra bytes\r\n\r\n")
    assert [reply.status for reply in wire.replies()] == [200, 400]
    assert len(shop.journal()) == 1 and wire.closed


@pytest.mark.parametrize(
    ("tail", "status"),
    [
        pytest.param(b"0x7\r\n", 400, id="h028"),
        pytest.param(b"-7\r\n", 400, id="h028-minus"),
        pytest.param(b"f" * 22 + b"\r\n", 413, id="h030"),
        pytest.param(b"5;" + b"a" * 1100, 400, id="h032"),
        pytest.param(b"5;a\nb\r\n", 400, id="h033"),
        pytest.param(b"0\r\n" + b"X: y\r\n" * 12_000, 400, id="h034"),
    ],
)
def test_h028_to_h034_bad_chunks_are_refused(shop: Shop, tail: bytes, status: int) -> None:
    assert refused(shop, chunked() + tail) == status


def test_h035_many_small_chunks_are_one_body(shop: Shop) -> None:
    one_by_one = [EVENT[i : i + 1] for i in range(len(EVENT))]
    assert ask(shop, chunked(*one_by_one, b""))[0].status == 200


def test_h036_http_1_0_has_no_chunks(shop: Shop) -> None:
    assert refused(shop, chunked(EVENT, b"", version=b"HTTP/1.0")) == 400


def test_h037_sixty_five_headers_are_431(shop: Shop) -> None:
    assert refused(shop, request(extra=b"X-A: b\r\n" * 63)) == 431
    assert ask(shop, request(extra=b"X-A: b\r\n" * 62))[0].status == 200


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(request(extra=2 * (b"X-A: " + 10_240 * b"b" + b"\r\n")), id="h039"),
        pytest.param(request(extra=9 * (b"X-A: " + 1000 * b"b" + b"\r\n")), id="h039-sum"),
        pytest.param(request(path="/" + 17_000 * "a"), id="h040"),
        pytest.param(17_000 * b"a", id="h040-no-end"),
    ],
)
def test_h039_h040_too_much_header_is_431(shop: Shop, data: bytes) -> None:
    assert refused(shop, data) == 431


def drip(shop: Shop, first: bytes, piece: bytes, seconds: float) -> tuple[list[int], bool]:
    wire = shop.connect()
    wire.send(first)
    for _ in range(int(seconds)):
        shop.pass_time(1)
        if not wire.closed:
            wire.send(piece)
    return [reply.status for reply in wire.replies()], wire.closed


def test_h041_a_header_that_drips_in_is_408_after_ten_seconds(shop: Shop) -> None:
    start = b"POST / HTTP/1.1\r\n"
    assert drip(shop, start, b"X-A: b\r\n", 9) == ([], False)
    assert drip(shop, start, b"X-A: b\r\n", 11) == ([408], True)


def test_h042_a_body_that_drips_in_is_408_after_twenty_seconds(shop: Shop) -> None:
    start = request(b"", length=b"1000")
    assert drip(shop, start, b"a", 19) == ([], False)
    assert drip(shop, start, b"a", 21) == ([408], True)


def test_h043_who_says_nothing_is_cut_off_after_ten_seconds(shop: Shop) -> None:
    assert drip(shop, b"", b"", 9) == ([], False)
    assert drip(shop, b"", b"", 11) == ([], True)


def test_between_two_requests_there_is_a_minute(shop: Shop) -> None:
    wire = shop.connect()
    wire.send(request())
    shop.pass_time(59)
    assert not wire.closed
    wire.send(request())
    assert [reply.status for reply in wire.replies()] == [200, 200]
    shop.pass_time(61)
    assert wire.closed


def test_no_deadline_of_the_connection_runs_while_we_work() -> None:
    shop = open_shop(make_writer=HeldWriter)
    wire = shop.connect()
    wire.send(request())
    wire.protocol.site.limits = Limits(idle_time=0.1)
    shop.clock.advance(2)
    assert not wire.closed
    shop.writer.release()
    assert wire.reply().status == 200


def test_who_does_not_close_after_a_refusal_is_cut_off(shop: Shop) -> None:
    wire = shop.connect()
    wire.send(request(length=b"x"))
    assert not wire.transport.disconnected
    shop.pass_time(3)
    assert wire.transport.disconnected


def test_h044_who_does_not_read_is_cut_off_after_thirty_seconds(shop: Shop) -> None:
    wire = shop.connect()
    wire.send(request())
    wire.protocol.pauseProducing()
    shop.pass_time(29)
    assert not wire.closed
    shop.pass_time(2)
    assert wire.transport.disconnected


def test_h045_one_address_has_64_connections_and_a_proxy_of_this_machine_more(shop: Shop) -> None:
    crowd = [shop.connect("203.0.113.9") for _ in range(70)]
    assert [wire.closed for wire in crowd] == 64 * [False] + 6 * [True]
    assert not shop.connect("203.0.113.10").closed
    assert not any([shop.connect("127.0.0.1").closed for _ in range(70)])
    assert not any([shop.connect(None).closed for _ in range(70)])
    crowd[0].hang_up()
    assert not shop.connect("203.0.113.9").closed


def test_h045_neighbours_of_one_ipv6_network_are_one(shop: Shop) -> None:
    crowd = [shop.connect(f"2001:db8::{n:x}") for n in range(1, 71)]
    assert [wire.closed for wire in crowd] == 64 * [False] + 6 * [True]
    assert not shop.connect("2001:db8:0:1::1").closed
    crowd[0].hang_up()
    assert not shop.connect("2001:db8::1").closed


def test_h045_there_are_so_many_connections_in_all() -> None:
    shop = open_shop(limits=Limits(connections=3))
    assert [shop.connect(f"203.0.113.{n}").closed for n in range(4)] == [False, False, False, True]
    assert shop.metrics.refused_connections == 1


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/1.2", b"HTTP/0.9", b"HTTX/1.1"])
def test_h047_other_versions_are_400(shop: Shop, version: bytes) -> None:
    assert refused(shop, b"POST /x " + version + b"\r\nHost: a.example\r\n\r\n") == 400


def test_h048_http_2_by_the_back_door_is_refused_or_ignored(shop: Shop) -> None:
    assert refused(shop, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 400
    assert ask(shop, request(extra=b"Connection: Upgrade\r\nUpgrade: h2c\r\n"))[0].status == 200


@pytest.mark.parametrize("noise", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", bytes(2000)], ids=["tls", "nul"])
def test_h049_noise_is_cut_off_after_ten_seconds(shop: Shop, noise: bytes) -> None:
    statuses, closed = drip(shop, noise, b"", 11)
    assert closed and statuses in ([408], [400])


def test_a012_a_proxy_protocol_line_is_400(shop: Shop) -> None:
    assert refused(shop, b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + request()) == 400


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(b"", id="none"),
        pytest.param(b"Host: \r\n", id="empty"),
        pytest.param(b"Host: a.example\r\nHost: a.example\r\n", id="two"),
        pytest.param(b"Host: " + 70 * b"a" + b".example\r\n", id="long-label"),
        pytest.param(b"Host: a b/..\r\n", id="blank"),
        pytest.param(b"Host: \xff\r\n", id="ff"),
        pytest.param("Host: ğ.example\r\n".encode(), id="unicode"),
        pytest.param(b"Host: a.example:99999999\r\n", id="port"),
        pytest.param(b"Host: a..example\r\n", id="empty-label"),
    ],
)
def test_h050_h051_not_exactly_one_sane_host_is_400(shop: Shop, lines: bytes) -> None:
    assert refused(shop, b"GET /healthz HTTP/1.1\r\n" + lines + b"\r\n") == 400


@pytest.mark.parametrize(
    "host",
    [b"crm.example.com", b"crm.example.com:8080", b"127.0.0.1:80", b"[::1]:8080", b"jivod_backend", b"a.example."],
)
def test_h051_a_sane_host_is_answered(shop: Shop, host: bytes) -> None:
    assert is_sane_host(host)
    assert ask(shop, b"GET /healthz HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")[0].status == 200


@given(st.binary(max_size=300))
def test_h051_no_host_makes_us_stumble(host: bytes) -> None:
    wire = open_shop().connect()
    wire.send(b"GET /healthz HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
    assert all(reply.status in (200, 400, 431) for reply in wire.replies())


@pytest.mark.parametrize(
    "path", [f"/{HOOK}", f"//jivo//{SECRET}", f"{HOOK}/", "/jivo//", "//evil.example/x", "/healthz/"]
)
def test_h053_h054_no_path_is_redirected(shop: Shop, path: str) -> None:
    reply, _ = ask(shop, request(path=path))
    assert reply.status in (404, 405)
    assert "Location" not in reply.headers


@pytest.mark.parametrize("path", [f"http://evil.example{HOOK}", "*", "jivo", "?"])
def test_h054_a_path_that_is_none_is_404_or_400(shop: Shop, path: str) -> None:
    assert ask(shop, request(path=path))[0].status in (400, 404)
    assert shop.journal() == []


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"PUT", b"GET", b"HEAD", b"BREW"])
def test_h055_other_methods_are_405(shop: Shop, method: bytes) -> None:
    wire = shop.connect()
    wire.send(request(b"", method=method))
    assert wire.transport.value().startswith(b"HTTP/1.1 405 ")
    assert b"\r\nAllow: POST\r\n" in wire.transport.value()


@pytest.mark.parametrize("method", [b"post", b"Post", b"P(ST"])
def test_h056_methods_are_as_they_are_written(shop: Shop, method: bytes) -> None:
    assert ask(shop, request(method=method))[0].status == 400
    assert shop.journal() == []


@pytest.mark.parametrize("path", ["/%zz", "/%00", "/%ff", "/%2f..%2f", "/jivo/%ff", "/jivo/%zz", f"{HOOK}/%ff"])
def test_h057_odd_paths_are_404(shop: Shop, path: str) -> None:
    reply, _ = ask(shop, request(path=path))
    assert (reply.status, reply.code) == (404, "not_found")


def test_h057_a_path_in_raw_utf_8_is_404_or_400(shop: Shop) -> None:
    data = "POST /jivo/ğ HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n".encode()
    assert ask(shop, data)[0].status in (400, 404)


@given(st.binary(max_size=40))
def test_h057_no_path_makes_us_stumble(path: bytes) -> None:
    wire = open_shop().connect()
    wire.send(b"GET /" + path + b" HTTP/1.1\r\nHost: a.example\r\n\r\n")
    assert all(reply.status in (400, 404, 405) for reply in wire.replies())


@pytest.mark.parametrize("kind", [b"multipart/form-data", b"application/x-www-form-urlencoded", b"text/plain", b""])
def test_h059_the_content_type_does_not_matter(shop: Shop, kind: bytes) -> None:
    assert ask(shop, request(extra=b"Content-Type: " + kind + b"\r\n"))[0].status == 200


def test_pipelined_requests_are_answered_in_order() -> None:
    shop = open_shop(make_writer=HeldWriter)
    wire = shop.connect()
    wire.send(request() + request(b"{") + request(b"", method=b"GET"))
    for _ in range(3):
        shop.writer.release()
    assert [reply.status for reply in wire.replies()] == [200, 400, 405]


def test_after_so_many_requests_the_connection_is_closed() -> None:
    wire = open_shop(limits=Limits(requests_per_connection=2)).connect()
    wire.send(request() + request())
    first, second = wire.replies()
    assert "Connection" not in first.headers
    assert second.headers["Connection"] == "close" and wire.closed


def test_answers_are_counted_by_status(shop: Shop) -> None:
    ask(shop, request())
    ask(shop, request(length=b"x"))
    assert shop.metrics.answers == {"200": 1, "400": 1}
