"""Shared: the last word of a person about a key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.contact import EMAIL, PHONE, Key
from jivod.model.errors import Damaged
from jivod.store import keys, shared
from jivod.store.kv import Engine, Job
from jivod.store.shared import Word
from jivod.store.tables import SHARED
from tests.store.engines import MAKERS
from tests.strategies import records

MAIL = Key(EMAIL, "info@example.com")
LONG = Key(PHONE, "x" * 300)


def put(key: Key, is_shared: bool = True, seq: int = 1) -> Job[None]:
    return lambda txn: shared.put(txn, Word(key=key, shared=is_shared, seq=seq))


def get(engine: Engine, key: Key) -> bool | None:
    return engine.read(lambda txn: shared.get(txn, key))


def listed(engine: Engine, limit: int = 100) -> list[Word]:
    return engine.read(lambda txn: shared.listed(txn, limit))


def in_order(word: Word) -> tuple[str, bool, str]:
    """By kind and value; a value too long for a key comes behind all others of its kind."""
    return word.key.kind, len(word.key.value) > keys.TEXT_MAX, word.key.value


def test_of_a_key_that_nobody_spoke_of_nothing_is_known(engine: Engine) -> None:
    assert get(engine, MAIL) is None
    assert listed(engine) == []


@pytest.mark.parametrize("said", [True, False])
def test_both_words_are_kept(engine: Engine, said: bool) -> None:
    engine.write([put(MAIL, said)])
    assert get(engine, MAIL) is said


def test_the_last_word_takes_the_place_of_the_first(engine: Engine) -> None:
    engine.write([put(MAIL, True, 1), put(MAIL, False, 2)])
    assert listed(engine) == [Word(key=MAIL, shared=False, seq=2)]


def test_the_same_value_of_another_kind_is_another_key(engine: Engine) -> None:
    engine.write([put(MAIL)])
    assert get(engine, Key(PHONE, MAIL.value)) is None


def test_a_key_of_any_length_is_kept_whole(engine: Engine) -> None:
    engine.write([put(LONG)])
    assert listed(engine) == [Word(key=LONG, shared=True, seq=1)]


def test_words_are_listed_by_kind_and_value_up_to_a_limit(engine: Engine) -> None:
    some = [Key(PHONE, "+905320000002"), MAIL, Key(PHONE, "+905320000001")]
    engine.write([put(key) for key in some])
    assert [word.key for word in listed(engine)] == sorted(some)
    assert [word.key for word in listed(engine, 1)] == [MAIL]


def test_a_damaged_word_is_no_word(engine: Engine) -> None:
    engine.write([put(MAIL), lambda txn: txn.put(SHARED, keys.pack(MAIL.kind, MAIL.value), b"rubbish")])
    with pytest.raises(Damaged, match="shared"):
        get(engine, MAIL)


@given(
    maker=st.sampled_from(sorted(MAKERS)),
    said=st.lists(records.words(), max_size=10),
    asked=st.lists(records.contact_keys(), max_size=4),
    limit=st.integers(0, 5),
)
def test_the_store_says_what_was_said_last_of_every_key(
    maker: str, said: list[Word], asked: list[Key], limit: int
) -> None:
    model = {word.key: word for word in said}
    with MAKERS[maker]() as subject:
        subject.engine.write([put(word.key, word.shared, word.seq) for word in said])
        for key in [*model, *asked]:
            assert get(subject.engine, key) == (model[key].shared if key in model else None)
        assert listed(subject.engine, limit) == sorted(model.values(), key=in_order)[:limit]


@given(records.words())
def test_a_word_lies_where_its_key_is_looked_for(word: Word) -> None:
    assert shared.place(word) == keys.pack(word.key.kind, word.key.value)
