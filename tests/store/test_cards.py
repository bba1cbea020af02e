"""Cards: what passed between a Jivo card and us."""

from __future__ import annotations

from hypothesis import given

from jivod.model.card import Card
from jivod.store import cards
from jivod.store.kv import Engine
from jivod.store.memory import MemoryEngine
from tests.strategies import records


def test_an_unknown_card_is_an_empty_one(engine: Engine) -> None:
    assert engine.read(lambda txn: cards.get(txn, "main", "7")) == Card()


def test_cards_of_two_accounts_do_not_mix(engine: Engine) -> None:
    card = Card(said=frozenset({("email", "a@example.com")}))
    engine.write([lambda txn: cards.put(txn, "main", "7", card)])
    assert engine.read(lambda txn: cards.get(txn, "shop", "7")) == Card()


@given(records.cards(), records.cards())
def test_the_last_card_kept_is_the_one_read(first: Card, second: Card) -> None:
    engine = MemoryEngine()
    engine.write([lambda txn: cards.put(txn, "main", "7", first), lambda txn: cards.put(txn, "main", "7", second)])
    assert engine.read(lambda txn: cards.get(txn, "main", "7")) == second


@given(records.cards())
def test_equal_cards_make_equal_records(card: Card) -> None:
    again = Card(said=frozenset(sorted(card.said, reverse=True)), told=frozenset(sorted(card.told, reverse=True)))
    assert cards.encode(card) == cards.encode(again)
