"""Chats: the rows of conversations, found by account and reference, and listed for a customer record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jivod.model.chat import Chat
from jivod.model.errors import Damaged
from jivod.store import codec, index, keys
from jivod.store.kv import Txn, prefix_end
from jivod.store.tables import CHATS, CHATS_BY_CUSTOMER

INDEXES = {CHATS_BY_CUSTOMER: "ti"}


def get(txn: Txn, account: str, ref: str) -> Chat | None:
    """One chat."""
    record = txn.get(CHATS, keys.text(account) + keys.text(ref))
    return None if record is None else decode(record)


def put(txn: Txn, old: Chat | None, new: Chat) -> None:
    """Keep `new` where `old` (as `get` gave it, or None for a new one) is now."""
    txn.put(CHATS, keys.text(new.account) + keys.text(new.ref), encode(new))
    index.update(txn, frozenset() if old is None else entries(old), entries(new))


def history(txn: Txn, customer_id: str, limit: int, before: tuple[int, str, str] | None = None) -> list[Chat]:
    """One customer record's chats, newest `at` first.

    `before` = (at, account, ref) of the last one of the page before.
    """
    prefix = keys.text(customer_id)
    start = b"" if before is None else place(*before) + b"\0"
    tails = index.tails(txn, CHATS_BY_CUSTOMER, prefix, start=start, limit=limit)
    return [_chat_at(txn, tail[8:]) for tail in tails]


def newest(txn: Txn, customer_id: str, after: bytes = b"") -> Iterator[tuple[bytes, Chat]]:
    """The same with the place of each among them, behind the place `after`. Lazy: nobody pays for what he leaves."""
    prefix = keys.text(customer_id)
    start = prefix + after + b"\0" if after else prefix
    for key, _ in txn.range(CHATS_BY_CUSTOMER, start, prefix_end(prefix)):
        place = key[len(prefix) :]
        yield place, _chat_at(txn, place[8:])


def last_other(txn: Txn, customer_id: str, account: str, ref: str) -> Chat | None:
    """The chat that comes first in the history of a customer record, not counting the one named."""
    prefix, this = keys.text(customer_id), keys.pack(account, ref)
    for tail in index.tails(txn, CHATS_BY_CUSTOMER, prefix, limit=2):
        if tail[8:] != this:
            return _chat_at(txn, tail[8:])
    return None


def place(at: int, account: str, ref: str) -> bytes:
    """Where a chat stands among those of its customer."""
    return keys.down(at) + keys.pack(account, ref)


def entries(chat: Chat) -> index.Entries:
    """Every index entry of a record."""
    if chat.customer is None:
        return frozenset()
    return {(CHATS_BY_CUSTOMER, keys.text(chat.customer) + place(chat.at, chat.account, chat.ref))}


def encode(chat: Chat) -> bytes:
    """The record of a chat."""
    c = chat
    return codec.encode([c.account, c.ref, c.customer, c.opened_at, c.at, c.seqs, codec.claim_rows(c.facts)])


def decode(record: bytes) -> Chat:
    """The chat in a record. Raises Damaged."""
    return codec.decode(CHATS, record, _chat)


def _chat(row: list[Any]) -> Chat:
    account, ref, customer, opened_at, at, seqs, facts = row
    return Chat(
        account=account,
        ref=ref,
        customer=customer,
        opened_at=opened_at,
        at=at,
        seqs=tuple(seqs),
        facts=codec.claims(facts),
    )


def _chat_at(txn: Txn, key: bytes) -> Chat:
    record = txn.get(CHATS, key)
    if record is None:
        raise Damaged(f"table {CHATS_BY_CUSTOMER} names a chat that is not there")
    return decode(record)
