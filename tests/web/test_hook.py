"""The hook: every row of the table of answers."""

from __future__ import annotations

import hmac
from pathlib import Path

import orjson
import pytest
from twisted.internet.defer import ensureDeferred
from twisted.logger import LogEvent

from jivod.model.errors import Busy, StoreFailed, StoreFull
from jivod.policy import signature
from jivod.store.kv import Engine
from jivod.store.memory import MemoryEngine
from jivod.store.tables import TABLES
from tests.web.shop import (
    CLUB_SECRET,
    DEADLINE,
    EVENT,
    FINISHED,
    HOOK,
    NOW,
    SECRET,
    TOKEN_SECRET,
    HeldWriter,
    Reply,
    Shop,
    open_shop,
    request,
)

PAYLOADS = Path(__file__).parent.parent / "payloads"
CLUB = f"/jivo/{CLUB_SECRET}"
HOUR = 3600  # seconds
EVENTS = sorted([*PAYLOADS.glob("*.json"), *PAYLOADS.glob("other/*.json")])


def is_dressed(reply: Reply) -> bool:
    wanted = {
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return wanted.items() <= reply.headers.items()


def test_an_event_is_answered_with_what_the_agent_shall_see(shop: Shop) -> None:
    reply = shop.post(EVENT)
    assert (reply.status, reply.json["result"]) == (200, "ok")
    assert reply.json["contact_info"]["email"] == "ayse@example.com"
    assert reply.json["crm_link"].startswith("https://crm.example.com/customers/")
    assert is_dressed(reply)


def test_an_event_is_in_the_journal_byte_for_byte_with_its_origin(shop: Shop) -> None:
    shop.post(EVENT, f"{HOOK}/example.com")
    (entry,) = shop.journal()
    assert (entry.body, entry.received_at) == (EVENT, NOW)
    assert (entry.origin.channel, entry.origin.account, entry.origin.region, entry.origin.site) == (
        "shop",
        "main",
        "TR",
        "example.com",
    )


def test_events_that_fill_no_panel_are_answered_ok_and_nothing_else(shop: Shop) -> None:
    assert shop.post(FINISHED).json == {"result": "ok"}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_whatever_jivo_sends_is_taken_in(shop: Shop, path: Path) -> None:
    reply = shop.post(path.read_bytes())
    assert (reply.status, reply.json["result"]) == (200, "ok")
    assert len(shop.journal()) == 1


def test_a014_a_repeat_gets_the_full_answer_and_no_second_entry(shop: Shop) -> None:
    first, again = shop.post(EVENT), shop.post(EVENT)
    assert (again.status, again.json["contact_info"]) == (200, first.json["contact_info"])
    assert len(shop.journal()) == 1
    assert shop.metrics.repeats == 1


def test_o002_another_order_of_keys_is_the_same_event(shop: Shop) -> None:
    shop.post(EVENT)
    shop.post(orjson.dumps(orjson.loads(EVENT), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))
    assert len(shop.journal()) == 1


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'"text"', b'{"event_name":5}', b"{}", b"\xff\xfe{", b"a=b&c=d"]
)
def test_a_body_that_cannot_be_read_is_400_and_kept_raw(shop: Shop, body: bytes) -> None:
    reply = shop.post(body)
    assert reply.status == 400
    assert reply.json["result"] and reply.json["error"]["request_id"]
    assert is_dressed(reply)
    assert [kept.body for kept in shop.quarantine()] == [body]
    assert shop.metrics.quarantined == 1
    assert shop.journal() == []


def test_the_error_body_repeats_nothing_of_the_input(shop: Shop) -> None:
    reply = shop.post(b'{"event_name": "chat_accepted", "visitor": {"email": "private@example.com"')
    assert b"private" not in reply.body
    assert SECRET.encode() not in reply.body
    assert len(reply.body) <= 1024


def test_h019_an_empty_body_is_400_and_not_kept(shop: Shop) -> None:
    reply = shop.post(b"")
    assert (reply.status, reply.code) == (400, "empty_body")
    assert shop.quarantine() == []


def test_h058_a_compressed_body_is_415_and_kept_as_it_came(shop: Shop) -> None:
    reply = shop.post(b"\x1f\x8b\x08\x00bomb", Content_Encoding="gzip")
    assert (reply.status, reply.code) == (415, "unsupported_encoding")
    assert [kept.body for kept in shop.quarantine()] == [b"\x1f\x8b\x08\x00bomb"]


def test_an_identity_encoding_is_no_encoding(shop: Shop) -> None:
    assert shop.post(EVENT, Content_Encoding="identity").status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
@pytest.mark.parametrize("path", [HOOK, f"{HOOK}/site", "/jivo/whatever"])
def test_h055_other_methods_are_405_and_told_what_is_allowed(shop: Shop, method: str, path: str) -> None:
    reply = shop.call(method, path)
    assert (reply.status, reply.headers["Allow"]) == (405, "POST")


def failing(error: Exception) -> Shop:
    def fail() -> None:
        raise error

    return open_shop(MemoryEngine(before_commit=fail))


@pytest.mark.parametrize(
    ("error", "code"), [(StoreFull("The store is full."), "storage_full"), (StoreFailed("It broke."), "storage_failed")]
)
def test_a_store_that_cannot_keep_it_is_503_and_says_when_to_come_back(error: Exception, code: str) -> None:
    shop = failing(error)
    reply = shop.post(EVENT)
    assert (reply.status, reply.code) == (503, code)
    assert int(reply.headers["Retry-After"]) > 0
    assert shop.journal() == []


class FullWriter:
    def __init__(self, engine: object) -> None:
        pass

    def submit(self, job: object, size: int) -> None:
        raise Busy("Too many events are waiting; try again.")


def test_a_full_queue_is_503_at_once() -> None:
    reply = open_shop(make_writer=FullWriter).post(EVENT)
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (503, "busy", "1")


def test_o009_past_the_deadline_it_is_503_and_the_event_is_kept_all_the_same() -> None:
    shop = open_shop(make_writer=HeldWriter)
    wire = shop.connect()
    wire.send(request())
    shop.pass_time(DEADLINE - 0.2)
    assert wire.replies() == []
    shop.pass_time(0.3)
    assert (wire.reply().status, wire.reply().code) == (503, "busy")
    shop.writer.release()
    assert len(shop.journal()) == 1
    assert len(wire.replies()) == 1


def test_each_wait_has_its_own_deadline() -> None:
    shop = open_shop(make_writer=HeldWriter)
    first, second = shop.connect(), shop.connect()
    first.send(request())
    shop.pass_time(1)
    second.send(request(FINISHED))
    shop.pass_time(DEADLINE - 0.9)
    assert (len(first.replies()), len(second.replies())) == (1, 0)
    shop.writer.release()
    assert second.reply().status == 200


def test_o006_a_client_that_goes_away_cancels_no_job_of_anybody() -> None:
    shop = open_shop(make_writer=HeldWriter)
    leaver, stayer = shop.connect(), shop.connect()
    leaver.send(request())
    stayer.send(request(FINISHED))
    leaver.hang_up()
    shop.writer.release()
    assert stayer.reply().status == 200
    assert len(shop.journal()) == 2


class Stumbler:
    """The first job fails as a mistake of ours would; the others are written."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.first = engine, True

    def submit(self, job: object, size: int) -> object:
        from jivod.service.threads import InlineWriter

        if self.first:
            self.first = False
            return InlineWriter(self.engine).submit(lambda txn: 1 // 0, size)
        return InlineWriter(self.engine).submit(job, size)  # type: ignore[arg-type]


def test_a_mistake_of_ours_is_500_and_the_body_is_kept_for_another_try(failures: list[LogEvent]) -> None:
    shop = open_shop(make_writer=Stumbler)
    reply = shop.post(EVENT)
    assert (reply.status, reply.code) == (500, "internal")
    assert b"Zero" not in reply.body
    assert [(kept.code, kept.body) for kept in shop.quarantine()] == [("internal", EVENT)]
    assert len(failures) == 1
    failures.clear()


def test_a_body_that_no_memory_was_left_to_read_is_503_and_kept(
    failures: list[LogEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(body: bytes) -> None:
        raise MemoryError

    shop = open_shop()
    monkeypatch.setattr("jivod.wire.jivo.read", read)
    reply = shop.post(EVENT)
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (503, "busy", "1")
    assert [kept.body for kept in shop.quarantine()] == [EVENT]
    assert {event["log_namespace"] for event in failures} == {"jivod.web"}  # else the daemon would end
    failures.clear()


def signed(id: str = "4711", *, age: int = 0, key: str = TOKEN_SECRET) -> str:
    """A user_token that was signed `age` seconds ago."""
    text = f"v1.{id}.{NOW // 1000 - age}"
    return f"{text}.{hmac.new(key.encode(), text.encode(), 'sha256').hexdigest()}"


def with_token(token: str, chat: int = 1) -> bytes:
    visitor = {"name": "Ayşe Yılmaz", "email": "ayse@example.com"}
    return orjson.dumps({"event_name": "chat_accepted", "chat_id": chat, "user_token": token, "visitor": visitor})


VERDICTS = [
    (signed(), signature.GOOD, "good"),
    (signed(key="another-key-that-is-long-enough-too"), signature.WRONG, "wrong"),
    (signed(age=25 * HOUR), signature.STALE, "stale"),
    (signed(age=-HOUR), signature.FUTURE, "future"),
    (signed(id=""), signature.MALFORMED, "malformed"),
    ("eyJhbGciOiJub25lIn0.eyJpZCI6IjQ3MTEifQ.", signature.FOREIGN, "foreign"),  # {"alg":"none"}
]


@pytest.mark.parametrize(("token", "verdict", "label"), VERDICTS, ids=[label for _, _, label in VERDICTS])
def test_the_verdict_on_a_signature_is_journaled_and_counted(shop: Shop, token: str, verdict: str, label: str) -> None:
    assert shop.post(with_token(token), CLUB).status == 200
    assert [entry.signature for entry in shop.journal()] == [verdict]
    assert shop.metrics.signed_tokens == {label: 1}


@pytest.mark.parametrize(
    ("token", "path"),
    [("4711", CLUB), ("v1.4711", CLUB), ("", CLUB), (signed(), HOOK)],
    ids=["unsigned", "cut", "none", "no key"],
)
def test_where_there_is_no_signature_to_check_there_is_no_verdict(shop: Shop, token: str, path: str) -> None:
    assert shop.post(with_token(token), path).status == 200
    assert [entry.signature for entry in shop.journal()] == [""]
    assert shop.metrics.signed_tokens == {}


def test_a_signed_token_finds_its_customer_and_a_forged_one_does_not(shop: Shop) -> None:
    token, forged = signed(), signed(key="another-key-that-is-long-enough-too")
    stranger = orjson.dumps({"event_name": "chat_accepted", "chat_id": 2, "user_token": forged, "visitor": {}})
    known = shop.post(with_token(token), CLUB)
    again = orjson.dumps({"event_name": "chat_accepted", "chat_id": 3, "user_token": token, "visitor": {}})
    assert "crm_link" in known.json
    assert shop.post(again, CLUB).json["crm_link"] == known.json["crm_link"]
    assert shop.post(stranger, CLUB).json.get("crm_link") != known.json["crm_link"]


def test_the_policy_says_how_long_a_signature_is_good(shop: Shop) -> None:
    change = shop.rulebook.change("[identity]\ntoken_max_age = 60", lambda job: shop.writer.submit(job, 1))
    assert ensureDeferred(change).called
    shop.post(with_token(signed(age=HOUR)), CLUB)
    assert [entry.signature for entry in shop.journal()] == [signature.STALE]


def test_what_was_good_at_the_first_receipt_stays_so_when_it_comes_again(shop: Shop) -> None:
    body = with_token(signed(age=HOUR))
    shop.post(body, CLUB)
    ensureDeferred(shop.rulebook.change("[identity]\ntoken_max_age = 60", lambda job: shop.writer.submit(job, 1)))
    assert shop.post(body, CLUB).status == 200
    assert [entry.signature for entry in shop.journal()] == [signature.GOOD]


def test_the_key_stays_out_of_the_store(shop: Shop) -> None:
    for token, _, _ in VERDICTS:
        shop.post(with_token(token), CLUB)
    for table in TABLES:
        rows = shop.engine.read(lambda txn, table=table: list(txn.range(table)))  # type: ignore[misc]
        assert all(TOKEN_SECRET.encode() not in key + value for key, value in rows)


def test_the_policy_of_the_moment_decides_an_event_that_waited() -> None:
    shop = open_shop(make_writer=HeldWriter)
    wire = shop.connect()
    change = shop.rulebook.change('[blocked]\nemails = ["ayse@*"]', lambda job: shop.writer.submit(job, 1))
    ensureDeferred(change)
    wire.send(request())
    shop.writer.release()
    assert wire.reply().status == 200
    assert "email" not in wire.reply().json["contact_info"]
