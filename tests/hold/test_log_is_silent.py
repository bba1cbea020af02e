"""No e-mail, phone, token, secret or message text in any line of the log, whatever is sent and whatever happens."""

from __future__ import annotations

import http.client
import signal
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from jivod.store import customers, quarantine
from jivod.store.lmdb import open_engine
from jivod.store.tables import CHATS, CUSTOMERS, FINGERPRINTS
from tests.hold.bulk import LIMIT, chunked, send, whole
from tests.hold.logged import LoggedDaemon
from tests.hold.private import shown, values, with_digits
from tests.hold.scale import ASTRAY
from tests.smoke.daemon import MAP_SIZE, SECRET, event

PAYLOADS = Path(__file__).parents[1] / "payloads"
BODIES = {path.relative_to(PAYLOADS).as_posix(): path.read_bytes() for path in sorted(PAYLOADS.rglob("*.*"))}
del BODIES["README.md"]
HOOK = f"/jivo/{SECRET}"
GUESS = "guess-of-a-stranger_0123456789"
LONG = b"personal text of a body that is too long; "
Headers = dict[str, str]


@pytest.mark.long
def test_nothing_private_is_logged_whatever_comes(daemon: LoggedDaemon) -> None:
    daemon.start()
    statuses = {name: post(daemon, body) for name, body in BODIES.items()}
    assert set(statuses.values()) == {200, 400}
    assert {post(daemon, body) for body in BODIES.values()} == {200, 400}  # all of them again
    for body in list(BODIES.values())[::ASTRAY]:
        send_astray(daemon, body)
    for parts in (whole(LIMIT + 1, LONG), chunked(LIMIT + 1, LONG), one_line_too_long(), not_http()):
        send(daemon.port, parts)
    assert daemon.stop(signal.SIGKILL) == -signal.SIGKILL
    daemon.start()
    assert daemon.faults() == []
    assert {post(daemon, body) for body in BODIES.values()} == {200, 400}
    assert daemon.stop() == 0
    private = everything(daemon)
    assert len(private) > 300  # the net has been cast
    assert daemon.text().count("\n") > len(BODIES) / 10  # and there is something to look at
    assert shown(daemon.text(), private) == set()


@pytest.mark.long
def test_nothing_private_is_logged_while_the_store_is_damaged(daemon: LoggedDaemon) -> None:
    daemon.start()
    for body in BODIES.values():
        post(daemon, body)
    assert daemon.stop() == 0
    private = everything(daemon)
    damage(daemon)
    daemon.start()
    assert 500 in {post(daemon, body) for body in BODIES.values()}
    daemon.stop()
    assert "damaged" in daemon.text()
    assert shown(daemon.text(), private) == set()


@pytest.mark.long
def test_nothing_private_is_logged_while_the_disk_fails(daemon: LoggedDaemon) -> None:
    daemon.start()
    daemon.stop()
    daemon.file_limit = (daemon.data / "data.mdb").stat().st_size + 16_384
    daemon.start()
    statuses = set(post_until_gone(daemon))
    assert daemon.wait() == 75
    assert 503 in statuses
    assert "store" in daemon.text()
    daemon.file_limit = None
    assert shown(daemon.text(), everything(daemon)) == set()


@pytest.mark.parametrize("said", ["deniz.aksoy@example.com", "+90 532 000 00 17", 'İyi günler, "siparişim"', SECRET])
def test_what_is_private_would_be_seen_in_a_log(said: str) -> None:
    private = with_digits({said})
    for text in (f"a {said} b", said.upper(), f"{said!a} b", f"{[said]!r} b"):
        assert shown(text, private) != set(), text
        assert shown(orjson.dumps({"message": text}).decode(), private) != set(), text


def post(daemon: LoggedDaemon, body: bytes, path: str = HOOK, headers: Headers | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=5)
    try:
        connection.request("POST", path, body, headers or {})
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def send_astray(daemon: LoggedDaemon, body: bytes) -> None:
    """A body that goes wrong in every way that is cheap."""
    assert post(daemon, body, f"/jivo/{GUESS}") in (404, 429)
    assert post(daemon, body, f"{HOOK}{GUESS}") in (404, 429)
    assert post(daemon, body, headers={"Content-Encoding": "gzip"}) == (415 if body else 400)
    assert post(daemon, body, headers={"Host": "bad host"}) == 400


def one_line_too_long() -> Iterator[bytes]:
    yield f"POST {HOOK}?".encode() + LONG.replace(b" ", b"+") * 1000


def not_http() -> Iterator[bytes]:
    yield LONG * 10 + b"\r\n\r\n" + SECRET.encode() + b"\r\n\r\n"


def post_until_gone(daemon: LoggedDaemon) -> Iterator[int]:
    try:
        for turn in range(20):
            for body in BODIES.values():
                yield post(daemon, body.replace(b"7636", b"%d" % (10_000 + turn)))
    except (OSError, http.client.HTTPException):
        return


def damage(daemon: LoggedDaemon) -> None:
    """Turn a bit in every customer, every chat and every other fingerprint."""
    engine = open_engine(daemon.data, MAP_SIZE)
    try:
        for table, step in ((CUSTOMERS, 1), (CHATS, 1), (FINGERPRINTS, 2)):
            for key, record in engine.read(lambda txn, table=table: list(txn.range(table)))[::step]:  # type: ignore[misc]
                bad = record[:-1] + bytes((record[-1] ^ 1,))
                engine.write([lambda txn, t=table, k=key, v=bad: txn.put(t, k, v)])  # type: ignore[misc]
    finally:
        engine.close()


def everything(daemon: LoggedDaemon) -> set[str]:
    """All that is private: as it came, as the store keeps it, and the secrets, right and wrong."""
    found = {SECRET, GUESS, LONG.decode()[:20], "visitor-"}
    for body in BODIES.values():
        found |= values(body)
    engine = open_engine(daemon.data, MAP_SIZE)
    try:
        ids = engine.read(lambda txn: customers.newest(txn, 10_000))
        for id in ids:
            customer = engine.read(lambda txn, id=id: customers.get(txn, id))  # type: ignore[misc]
            assert customer is not None
            found |= with_digits({text for claim in customer.claims for text in (claim.value, claim.raw)})
        for item in engine.read(lambda txn: quarantine.listed(txn, 10_000)):
            found |= values(item.body)
    finally:
        engine.close()
    return found


def test_the_events_of_the_smoke_test_are_private_too() -> None:
    assert "visitor-1@example.com" in values(event("1"))
