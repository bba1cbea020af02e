"""Imports: what is asked for is kept, once, and its file is held; what cannot be used is told before anything is."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from jivod.flow import access, errands
from jivod.model import errand as model
from jivod.model.audit import BEGUN, DENIED, DONE, IMPORTED, READ
from jivod.store import errands as kept
from jivod.web.limits import Limits
from tests.web.api.counter import API, STRANGER, TOKENS, Counter
from tests.web.api.test_audit import LONG_AGO, records
from tests.web.shop import NOW, HeldWriter, Reply, open_shop, request

TABLE = b"email,Plan\nelif@example.com,gold\n"


def bring(counter: Counter, query: str = "", body: bytes = TABLE, kind: str = "text/csv", **more: Any) -> Reply:
    return counter.ask("POST", "/imports" + query, body, **{"Content-Type": kind, **more})


def all_of(counter: Counter) -> list[model.Errand]:
    return list(counter.shop.engine.read(kept.listed))


def test_a_file_is_held_and_the_answer_says_where_to_look(counter: Counter) -> None:
    reply = bring(counter, "?dry_run=true&key=email&map=Plan%3Dstatus&map=x%3D-&name=crm.csv&separator=comma&region=TR")
    assert reply.status == 202
    assert reply.headers["Location"] == f"{API}/imports/{reply.json['id']}"
    assert reply.json == counter.get(f"/imports/{reply.json['id']}")
    assert (reply.json["state"], reply.json["dry_run"], reply.json["by"]) == ("waiting", True, "admin")
    (errand,) = all_of(counter)
    assert errand.asked == {
        "dry_run": True, "key": "email", "map": ["Plan=status", "x=-"], "separator": "comma", "region": "TR",
        "name": "crm.csv", "format": "csv",
    }  # fmt: skip
    assert counter.shop.porter.files[errand.id].file.read() == TABLE
    assert counter.shop.porter.looked == [errand.id]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("text/csv; charset=windows-1254", {"format": "csv", "encoding": "cp1254"}),
        ('text/csv;charset="UTF-8"', {"format": "csv"}),
        ("application/x-ndjson", {"format": "jsonl"}),
        ("application/jsonl", {"format": "jsonl"}),
        ("Text/vCard", {"format": "vcard"}),
    ],
)
def test_the_content_type_says_what_it_is(counter: Counter, kind: str, asked: dict[str, str]) -> None:
    assert bring(counter, kind=kind).status == 202
    assert all_of(counter)[0].asked == asked


@pytest.mark.parametrize(
    ("query", "body", "kind", "status", "place"),
    [
        ("?dry_run=yes", TABLE, "text/csv", 400, "dry_run"),
        ("?dry_run=true&dry_run=true", TABLE, "text/csv", 400, "dry_run"),
        ("?key=name", TABLE, "text/csv", 400, "key"),
        ("?separator=x", TABLE, "text/csv", 400, "separator"),
        ("?region=T", TABLE, "text/csv", 400, "region"),
        ("?region=uk", TABLE, "text/csv", 400, "region"),
        ("?map=Plan", TABLE, "text/csv", 400, "map"),
        ("?map=Plan%3Dsomething", TABLE, "text/csv", 400, "map"),
        ("?map=" + "&map=a%3D-" * 51, TABLE, "text/csv", 400, "map"),
        ("?name=" + "x" * 201, TABLE, "text/csv", 400, "name"),
        ("?encoding=utf-8", TABLE, "text/csv", 400, "encoding"),
        ("", TABLE, "application/json", 415, None),
        ("", TABLE, "text/csv; charset=utf-16", 415, None),
        ("", TABLE, "text/csv; x=y", 415, None),
        ("", b"", "text/csv", 400, None),
        ("", b'{"jivod":"whole","version":1}', "application/jsonl", 422, None),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_kept(
    counter: Counter, query: str, body: bytes, kind: str, status: int, place: str | None
) -> None:
    before = counter.rows()
    reply = bring(counter, query, body, kind)
    assert reply.status == status, reply.body
    assert [fault["parameter"] for fault in reply.json.get("errors", [])][:1] == ([place] if place else [])
    assert counter.rows() == before


def test_a_compressed_file_is_refused(counter: Counter) -> None:
    assert bring(counter, **{"Content-Encoding": "gzip"}).status == 415


def test_the_same_key_brings_it_in_once_and_another_question_is_another_request(counter: Counter) -> None:
    first, again = [bring(counter, Idempotency_Key="k-1") for _ in range(2)]
    assert (first.status, again.status) == (202, 202)
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(all_of(counter)) == 1
    assert len(counter.shop.porter.looked) == 2  # the second finds no errand of its own, and lets go of the file
    assert bring(counter, "?dry_run=true", Idempotency_Key="k-1").status == 422
    assert bring(counter, body=TABLE + b"\n", Idempotency_Key="k-1").status == 422


def test_too_many_that_wait_are_told_to_come_later(counter: Counter) -> None:
    statuses = [bring(counter).status for _ in range(errands.QUEUE + 2)]
    assert statuses == [202] * (errands.QUEUE + 1) + [503]
    assert bring(counter).headers["Retry-After"] == "1"
    assert set(all_of(counter)[-1].asked) == {"format"}


@pytest.mark.parametrize("gone", ["it hangs up", "it waits too long"])
def test_whoever_goes_away_has_asked_all_the_same(gone: str) -> None:
    counter = Counter(open_shop(make_writer=HeldWriter))
    wire = counter.shop.connect()
    wire.send(sent(TOKENS["write"]))
    wire.hang_up() if gone == "it hangs up" else counter.shop.pass_time(3)
    assert counter.shop.porter.looked == []  # nothing is known of it yet
    counter.shop.writer.release()
    (errand,) = all_of(counter)
    assert counter.shop.porter.looked == list(counter.shop.porter.files) == [errand.id]


def test_what_is_asked_and_what_is_shown_is_on_record(counter: Counter) -> None:
    id = bring(counter).json["id"]
    (errand,) = all_of(counter)
    contested = [{"line": 2, "customer": LONG_AGO, "why": ["name"]}]
    counter.do(lambda txn: errands.end(txn, evolve(errand, told={"contested": contested}), NOW))
    counter.get(f"/imports/{id}")
    assert [(one.by, one.action, one.verb, one.result, one.customers) for one in records(counter)] == [
        ("admin", IMPORTED, "imports_bring_in", BEGUN, ()),
        ("admin", IMPORTED, "imports_bring_in", DONE, ()),
        ("admin", READ, "imports_read", DONE, (LONG_AGO,)),
    ]


def test_what_came_of_it_is_shown(counter: Counter) -> None:
    id = bring(counter).json["id"]
    counts = {"created": 1, "enriched": 0, "unchanged": 0, "refused": 1, "contested": 0}
    told = {"dry_run": False, "counts": counts, "unusable": 2, "contested": [], "refused": [{"line": 3, "why": "x"}]}

    def finish(txn: Any) -> None:
        running = errands.take_up(txn, {id}, NOW)
        assert running is not None
        errands.end(txn, evolve(running, told=told | {"left_out": 4}, rows=b"email\nbad\n"), NOW + 5)

    counter.do(finish)
    shown = counter.get(f"/imports/{id}")
    assert shown == {
        "id": id, "state": "done", "by": "admin", "asked_at": NOW, "ended_at": NOW + 5, **told, "left_out": 4,
        "refused_rows": "email\nbad\n", "error": None,
    }  # fmt: skip


def test_an_import_that_is_none_is_404(counter: Counter) -> None:
    assert counter.ask("GET", "/imports/nothing").json["code"] == "no_import"


LONG = b"email\n" + b"x@example.com\n" * 20_000  # 280 kB


def sent(token: str | None, path: str = f"{API}/imports", length: bytes | None = None) -> bytes:
    head = b"Content-Type: text/csv\r\n"
    if token is not None:
        head += b"Authorization: Bearer %s\r\n" % token.encode()
    return request(LONG if length is None else b"", path=path, extra=head, length=length)


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [(None, 401, "no_token"), (STRANGER, 401, "wrong_token"), (TOKENS["read"], 403, "scope_needed")],
)
def test_a_long_file_of_whoever_may_not_bring_it_is_refused_before_it_comes(
    counter: Counter, token: str | None, status: int, code: str
) -> None:
    wire = counter.shop.connect()
    wire.send(sent(token, length=b"280000"))
    assert (wire.reply().status, wire.reply().json["code"]) == (status, code)
    assert "WWW-Authenticate" in wire.reply().headers
    assert wire.closed
    assert counter.shop.site.uploads.held == 0
    assert counter.shop.metrics.bad_tokens == (token == STRANGER)
    denied = [(one.by, one.action, one.verb, one.result) for one in records(counter)]
    assert denied == ([("read", IMPORTED, "imports_bring_in", DENIED)] if status == 403 else [])


def test_guessing_tokens_by_long_files_is_slow(counter: Counter) -> None:
    statuses = []
    for _ in range(12):
        wire = counter.shop.connect()
        wire.send(sent(STRANGER, length=b"280000"))
        statuses.append(wire.reply().status)
    assert statuses == [401] * 10 + [429] * 2


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_a_long_file_of_whoever_may_is_taken_and_gives_its_room_back(counter: Counter, query: str) -> None:
    wire = counter.shop.connect()
    wire.send(sent(TOKENS["write"], f"{API}/imports{query}"))
    assert wire.reply().status == 202
    (parcel,) = counter.shop.porter.files.values()
    assert parcel.file.read() == LONG
    assert (counter.shop.site.uploads.held, counter.shop.site.budget.held) == (0, 0)


@pytest.mark.parametrize("path", [f"{API}/customers", f"{API}/imports/x", f"{API}/imports/", f"{API}/import"])
def test_no_other_address_of_the_api_takes_a_long_body(counter: Counter, path: str) -> None:
    wire = counter.shop.connect()
    wire.send(sent(TOKENS["admin"], path))
    assert wire.reply().status == 413


def test_a_file_beyond_the_limit_is_413_and_all_together_have_a_bound() -> None:
    counter = Counter(open_shop(limits=Limits(upload=300_000, uploads=400_000)))
    wire = counter.shop.connect()
    wire.send(sent(TOKENS["write"], length=b"300001"))
    assert wire.reply().status == 413
    half = sent(TOKENS["write"])[:-70_000]
    first, second = counter.shop.connect(), counter.shop.connect()
    first.send(half)
    assert 200_000 < counter.shop.site.uploads.held <= 300_000
    second.send(half + LONG[-70_000:])
    first.send(LONG[-70_000:])
    second.send(b"")
    assert sorted([first.reply().status, second.reply().status]) == [202, 503]
    assert counter.shop.site.uploads.held == 0


def test_a_token_that_was_revoked_meanwhile_brings_nothing_in(counter: Counter) -> None:
    counter.do(lambda txn: access.revoke(txn, "write"))
    wire = counter.shop.connect()
    wire.send(sent(TOKENS["write"]))  # the snapshot lets it come in
    assert wire.reply().status == 401
    assert all_of(counter) == []
    assert counter.shop.porter.files == {}
