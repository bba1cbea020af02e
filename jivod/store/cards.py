"""Cards: what each Jivo visitor card said by itself and what we told it, for the loop guard."""

from __future__ import annotations

from typing import Any

from jivod.model.card import Card, Pair
from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import CARDS

_UNKNOWN = Card()


def get(txn: Txn, account: str, name: str) -> Card:
    """The card `name` of a Jivo account; an empty one if nothing ever passed."""
    record = txn.get(CARDS, keys.pack(account, name))
    return _UNKNOWN if record is None else decode(record)


def put(txn: Txn, account: str, name: str, card: Card) -> None:
    """Keep the card."""
    txn.put(CARDS, keys.pack(account, name), encode(card))


def encode(card: Card) -> bytes:
    """The record of a card."""
    return codec.encode([sorted(card.said), sorted(card.told)])


def decode(record: bytes) -> Card:
    """The card in a record. Raises Damaged."""
    return codec.decode(CARDS, record, _card)


def _card(row: Any) -> Card:
    said, told = row
    return Card(said=_pairs(said), told=_pairs(told))


def _pairs(rows: list[list[str]]) -> frozenset[Pair]:
    return frozenset([(attribute, value) for attribute, value in rows])
