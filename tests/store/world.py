"""A small world: events recorded in the store as the daemon would record them, each leaving everything consistent."""

from __future__ import annotations

from hashlib import blake2b

from attrs import evolve

from jivod.model.access import READ, Access, Role
from jivod.model.card import Card
from jivod.model.change import CREATED, Dead, Owed, Standing
from jivod.model.chat import Chat
from jivod.model.claim import NAME, VISITOR_TYPED, Claim
from jivod.model.contact import EMAIL, PHONE, Key
from jivod.model.customer import Customer, Edge
from jivod.model.entry import Origin
from jivod.model.errand import IMPORT, Errand
from jivod.model.reason import Reason, Review
from jivod.model.reply import Reply
from jivod.model.user import Session, User
from jivod.store import (
    cards,
    chats,
    check,
    customers,
    decisions,
    delays,
    different,
    edges,
    erased,
    errands,
    fingerprints,
    former,
    journal,
    merges,
    notes,
    outbox,
    policies,
    quarantine,
    reasons,
    replies,
    reviews,
    sessions,
    shared,
    sinks,
    tokens,
    users,
)
from jivod.store.kv import Engine, Txn
from jivod.store.shared import Word

ORIGIN = Origin(channel="shop", account="main")


def record(txn: Txn, *, customer: str | None, ref: str | None, claims: tuple[Claim, ...], at: int, body: bytes) -> int:
    """One event: journal, fingerprint, customer, chat, reason; its number. A chat stays with its first customer."""
    seq = journal.append(txn, received_at=at, origin=ORIGIN, body=body).seq
    fingerprints.remember(txn, ORIGIN.account, blake2b(body, digest_size=16).digest(), seq)
    chat = chats.get(txn, ORIGIN.account, ref) if ref else None
    home = customer if chat is None else chat.customer
    if home is not None:
        fill(txn, home, claims, at, is_new_chat=ref is not None and chat is None)
    if ref is not None:
        chats.put(txn, chat, grown(chat, ref, home, seq, at))
    reasons.put(txn, None, Reason(seq=seq, customer=home, rule="known"))
    return seq


def fill(txn: Txn, id: str, claims: tuple[Claim, ...], at: int, *, is_new_chat: bool) -> None:
    """Add claims to a customer, made if need be, and count."""
    old = customers.get(txn, id)
    base = old or Customer(id=id, created_at=at, seen_at=at)
    joined = {claim.identity: claim for claim in (*base.claims, *claims)}
    new = evolve(
        base,
        seen_at=max(base.seen_at, at),
        chats=base.chats + is_new_chat,
        events=base.events + 1,
        claims=tuple(joined[identity] for identity in sorted(joined)),
    )
    customers.put(txn, old, new)


def grown(chat: Chat | None, ref: str, home: str | None, seq: int, at: int) -> Chat:
    """A chat with one more event."""
    if chat is None:
        return Chat(account=ORIGIN.account, ref=ref, customer=home, opened_at=at, at=at, seqs=(seq,))
    return evolve(chat, at=max(chat.at, at), seqs=(*chat.seqs, seq))


def claim(attribute: str, value: str) -> Claim:
    """Somebody typed this."""
    return Claim(attribute, value, VISITOR_TYPED, "", 1, 1, 1)


def populate(engine: Engine) -> None:
    """Three customers, one merged into another, a review, an event of nobody, and something in every table."""
    anna = (claim(EMAIL, "a@example.com"), claim(NAME, "Anna Example"))
    other = (claim(PHONE, "+905320000001"),)

    def job(txn: Txn) -> None:
        record(txn, customer="c1", ref="chat:1", claims=anna, at=1, body=b"1")
        record(txn, customer="c1", ref="chat:1", claims=(), at=2, body=b"2")
        record(txn, customer="c2", ref="chat:2", claims=other, at=3, body=b"3")
        record(txn, customer="c3", ref=None, claims=other, at=4, body=b"4")
        record(txn, customer=None, ref=None, claims=(), at=5, body=b"5")
        edges.add(txn, Edge(loser="c3", winner="c2", rule="provisional", seq=4, at=4))
        reviews.open_review(txn, Review(a="c1", b="c2", why="The two share a browser.", key=None, seq=3, at=3))
        different.add(txn, "c1", "c3", 4)
        decisions.note(txn, ("c1", "c3"), 4)
        delays.put(txn, delays.Delay(a="c1", b="c2", until=9, seq=4))
        notes.put(txn, notes.Slip(seq=4))
        shared.put(txn, Word(key=Key(PHONE, "+905320000001"), shared=True, seq=4))
        merges.note(txn, 4, 4, 0)
        policies.adopt(txn, 1, "too_common = 5")
        former.put(txn, "c0", 1)
        erased.put(txn, "c8", 4)
        cards.put(txn, "main", "7", Card(said=frozenset({(EMAIL, "a@example.com")})))
        fingerprints.count_repeat(txn, 1, 9)
        tokens.put(txn, Access(name="shop", scope=READ, digest="0" * 64, created_at=6))
        errands.put(txn, Errand(id="e", kind=IMPORT, by="shop", asked={}, asked_at=6))
        users.put(txn, User(name="owner", role=Role.ADMIN, created_at=6))
        sessions.put(txn, Session(digest="0" * 64, user="owner", made_at=6, seen_at=7))
        replies.put(txn, Reply(who="shop", key="k", at=6, digest="0", status=200, headers=(), body=b"{}"))
        quarantine.add(txn, received_at=6, origin=ORIGIN, code="not_json", message="not JSON", body=b"{")
        feed(txn)

    (outcome,) = engine.write([job])
    if outcome.error is not None:
        raise outcome.error


def feed(txn: Txn) -> None:
    """Three changes: the first was given up, the second is owed, the third was not yet looked at."""
    outbox.listen(txn, [CREATED])
    for number in (1, 2, 3):
        outbox.note(txn, CREATED, f"c{number}", seq=number, at=number)
    first, second, _ = outbox.after(txn, 0, 3)
    sinks.bury(txn, "crm", Dead(change=first, attempts=12, why="status 500", at=9))
    sinks.owe(txn, "crm", Owed(change=second, attempts=1, since=7, due=8))
    sinks.put(txn, Standing(name="crm", told=2, dead=1))


def findings(engine: Engine) -> list[tuple[str, str]]:
    """Table and words of everything that the check finds."""
    return [(f.table, f.what) for f in engine.read(lambda txn: list(check.check(txn)))]
