"""The audit log as the API keeps it: whoever is shown or changed is in it, by whom, and nothing else of anybody."""

from __future__ import annotations

import errno
import re
from typing import Any

import pytest

from jivod.model.audit import AUDITED, BEGUN, CHANGED, DENIED, DONE, ENTERED, FOUND, READ, REFUSED, RETRIED, Record
from jivod.store import journal, logbook
from jivod.store.kv import Engine
from jivod.store.ledger import Ledger
from jivod.store.logbook import Wanted
from jivod.store.verdict import verify
from jivod.web.exposition import render
from tests.web.api.counter import Counter, accepted, finished
from tests.web.shop import HeldWriter, open_shop, request

SEARCHES = ("", "?q=ay%C5%9Fe", "?email=deniz@example.com", "?phone=%2B905320000001", "?q=nobody")
AN_ID = re.compile(r'"([0-9a-hjkmnp-tv-z]{26})"')
LONG_AGO = "0" * 26


def records(counter: Counter, **wanted: Any) -> list[Record]:
    found, _ = logbook.page(counter.shop.ledger.directory, Wanted(**wanted), 0, 10_000)
    return [kept.record for kept in found][not wanted :]  # but the one by which the file begins


def last(counter: Counter) -> Record:
    return records(counter)[-1]


def text(counter: Counter) -> str:
    return "".join(file.path.read_text() for file in logbook.files(counter.shop.ledger.directory))


def is_sound(counter: Counter) -> bool:
    found = verify(counter.shop.ledger.directory)
    return not found.faults and not found.torn


def ids(counter: Counter) -> list[str]:
    return [card["id"] for card in counter.get("/customers")["items"]]


def readings(counter: Counter) -> list[str]:
    one = ids(counter)[-1]
    ref = counter.get(f"/customers/{one}/chats")["items"][0]["ref"]
    of_one = [f"/customers/{one}{more}" for more in ("", "/chats", "/history")]
    searches = [f"/customers{search}" for search in SEARCHES]
    return [*searches, *of_one, f"/chats/main/{ref}", "/reviews", "/events", "/quarantine", "/quarantine/1"]


def test_nobody_is_shown_who_is_not_on_record(full: Counter) -> None:
    a, b, c = ids(full)
    full.ask("POST", f"/customers/{b}/merge", {"into": a})
    full.ask("POST", f"/customers/{c}/different", {"other": a})
    for path in readings(full):
        reply = full.ask("GET", path)
        assert reply.status == 200, path
        found = last(full)
        assert set(AN_ID.findall(reply.body.decode())) <= set(found.customers), path
        assert (found.by, found.door, found.result) == ("admin", "api", DONE)
    assert is_sound(full)


def test_nobody_is_on_record_who_was_not_shown(full: Counter) -> None:
    counts = []
    for search in SEARCHES:
        shown = [card["id"] for card in full.get(f"/customers{search}")["items"]]
        assert (last(full).action, list(last(full).customers)) == (FOUND, shown)
        counts.append(len(shown))
    assert counts == [3, 1, 1, 2, 0]


def test_what_was_looked_for_is_in_no_file(full: Counter) -> None:
    for path in ("/customers?q=ayse@example.com", "/customers?phone=%2B905320000001", "/customers/deniz@example.com"):
        full.ask("GET", path)
    full.ask("PATCH", "/customers/mehmet@example.com", {"name": "Zeynep"}, If_Match="*")
    full.ask("POST", f"/customers/{ids(full)[0]}/merge", {"into": "elif@example.com"})
    found = text(full)
    assert not re.search("example|5320000001|Ay|Deniz|Zeynep|hello", found)
    assert [record.result for record in records(full)][-5:] == [BEGUN, REFUSED, DONE, BEGUN, REFUSED]


def test_a_change_is_on_record_before_and_after(full: Counter) -> None:
    id = ids(full)[0]
    full.ask("PATCH", f"/customers/{id}", {"name": "Deniz A", "status": "vip"}, If_Match="*")
    *_, begun, done = logbook.page(full.shop.ledger.directory, Wanted(of=id), 0, 100)[0]
    assert (begun.record.action, begun.record.result, begun.record.verb) == (CHANGED, BEGUN, "customers_alter")
    assert (done.record.result, done.record.of, done.record.customers) == (DONE, begun.number, (id,))
    end = full.shop.engine.read(journal.last)
    assert done.record.entries == (end - 1, end)


def test_whoever_is_entered_or_touched_is_on_record(full: Counter) -> None:
    made = full.enter(name="Elif")["id"]
    assert (last(full).action, last(full).customers) == (ENTERED, (made,))
    a, b = ids(full)[:2]
    for path, body, whom in (
        (f"/customers/{a}/merge", {"into": b}, {a, b}),
        (f"/customers/{a}/unmerge", {}, {a, b}),
        (f"/customers/{a}/different", {"other": b}, {a, b}),
    ):
        assert full.ask("POST", path, body).status == 200
        assert (set(last(full).customers), last(full).result) == (whom, DONE)
    full.ask("POST", "/quarantine/1/retry")
    assert (last(full).action, last(full).result) == (RETRIED, REFUSED)


def test_the_same_request_again_is_on_record_too(full: Counter) -> None:
    id = ids(full)[0]
    for _ in range(2):
        assert full.ask("POST", f"/customers/{id}/unmerge", {}, Idempotency_Key="k").status == 409
        full.ask("POST", "/customers", {"name": "Elif"}, Idempotency_Key="e")
    assert [record.result for record in records(full)[-4:]] == [BEGUN, REFUSED, BEGUN, DONE]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "/customers", {"name": "x"}), ("PATCH", f"/customers/{LONG_AGO}", {}), ("GET", "/audit", None)],
)
def test_who_may_not_is_on_record(full: Counter, method: str, path: str, body: Any) -> None:
    assert full.ask(method, path, body, token="jivod_" + "r" * 43).status == 403
    assert (last(full).by, last(full).result, last(full).customers) == ("read", DENIED, ())


def test_who_is_nobody_is_not(full: Counter) -> None:
    before = records(full)
    for token in (None, "jivod_" + "x" * 43, "x"):
        assert full.ask("GET", "/customers", token=token).status == 401
    assert full.ask("GET", "/customers?wrong=1").status == 400
    assert records(full) == before


def test_the_log_by_the_api(full: Counter) -> None:
    id = ids(full)[0]
    full.get(f"/customers/{id}", token="jivod_" + "r" * 43)
    found = full.get("/audit")
    assert [item["number"] for item in found["items"]] == [1, 2, 3]
    assert found["items"][2] | {"digest": "", "at": 0} == {
        "number": 3, "at": 0, "by": "read", "door": "api", "action": READ, "verb": "customers_read", "result": DONE,
        "customers": [id], "digest": "",
    }  # fmt: skip
    assert (last(full).action, last(full).customers) == (AUDITED, ())
    assert [item["by"] for item in full.get(f"/audit?of={id}&by=read")["items"]] == ["read"]
    page = full.get("/audit?limit=2&after=1")
    assert ([item["number"] for item in page["items"]], page["next"]) == ([2, 3], 3)
    assert full.get("/audit?after=1000") == {"items": [], "next": None}
    assert full.ask("GET", "/audit?of=").status == 400


class Broken(Ledger):
    """Takes in no more."""

    def append(self, records: Any, *, flush: bool = False) -> int:
        from jivod.store.ledger import _blame

        raise _blame(OSError(errno.ENOSPC, "No space left on device"))


def test_with_a_full_disk_reading_goes_on_and_changing_does_not(
    full: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, before, told = ids(full)[0], full.rows(), records(full)
    monkeypatch.setattr(Ledger, "append", Broken.append)
    assert full.ask("GET", f"/customers/{id}").status == 200
    reply = full.ask("PATCH", f"/customers/{id}", {"name": "Deniz A"}, If_Match="*")
    assert (reply.status, reply.json["code"], reply.headers["Retry-After"]) == (503, "storage_full", "60")
    assert "free some space; nothing was changed" in reply.json["detail"]
    assert full.ask("GET", "/customers", token="jivod_" + "r" * 43).status == 200
    assert (full.rows(), full.shop.metrics.audit_failures) == (before, 2)
    assert b"jivod_audit_failures_total 2.0" in render(full.shop.metrics)
    monkeypatch.undo()
    full.get(f"/customers/{id}")
    assert [(record.action, record.count) for record in records(full)[len(told) :]] == [("missed", 2), (READ, 0)]


def test_who_goes_away_has_changed_something_all_the_same() -> None:
    counter = Counter(open_shop(make_writer=Held))
    wire = counter.shop.connect()
    token = b"Authorization: Bearer jivod_" + b"w" * 43 + b"\r\nContent-Type: application/json\r\n"
    wire.send(request(b'{"name":"Elif"}', path="/api/v1/customers", extra=token))
    assert [record.result for record in records(counter)] == [BEGUN]
    wire.hang_up()
    counter.shop.writer.release()
    _, done = records(counter)
    assert (done.result, len(done.customers), done.entries) == (DONE, 1, (1,))


class Held(HeldWriter):
    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)


def test_what_is_answered_late_is_on_record_in_the_end() -> None:
    counter = Counter(open_shop(make_writer=Held))
    wire = counter.shop.connect()
    token = b"Authorization: Bearer jivod_" + b"w" * 43 + b"\r\nContent-Type: application/json\r\n"
    wire.send(request(b'{"name":"Elif"}', path="/api/v1/customers", extra=token))
    counter.shop.pass_time(3)
    assert wire.reply().status == 503
    counter.shop.writer.release()
    assert [record.result for record in records(counter)] == [BEGUN, DONE]


def test_an_event_of_jivo_is_none_of_its_business(full: Counter) -> None:
    before = records(full)
    full.tell(accepted(9, email="new@example.com"))
    full.tell(finished(9, email="new@example.com"))
    assert records(full) == before
