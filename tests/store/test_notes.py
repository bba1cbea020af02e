"""Notes and delays: rows as they were put, and what does not fit is damage."""

from __future__ import annotations

import pytest

from jivod.model.errors import Damaged
from jivod.store import codec, delays, keys, notes
from jivod.store.delays import Delay
from jivod.store.kv import Engine
from jivod.store.memory import MemoryEngine
from jivod.store.notes import Slip
from jivod.store.tables import DELAYS, NOTES
from tests.store.world import findings

DELAY = Delay(a="c1", b="c2", until=7, seq=3)


def test_a_slip_is_kept_and_the_last_word_counts(engine: Engine) -> None:
    engine.write([lambda txn: notes.put(txn, Slip(seq=3)), lambda txn: notes.put(txn, Slip(seq=3, struck=5))])
    assert engine.read(lambda txn: notes.get(txn, 3)) == Slip(seq=3, struck=5)
    assert engine.read(lambda txn: notes.get(txn, 4)) is None


def test_a_delay_is_kept_until_it_is_taken_away(engine: Engine) -> None:
    engine.write([lambda txn: delays.put(txn, DELAY)])
    assert engine.read(lambda txn: delays.until(txn, "c1", "c2")) == 7
    engine.write([lambda txn: delays.remove(txn, "c1", "c2"), lambda txn: delays.remove(txn, "c1", "c3")])
    assert engine.read(lambda txn: delays.until(txn, "c1", "c2")) == 0


@pytest.mark.parametrize("row", [["a", "b", "7", 3], ["b", "a", 7, 3], ["a", "b", 7], {}, None])
def test_a_row_that_is_no_delay_is_damaged(row: object) -> None:
    with pytest.raises(Damaged, match="delays"):
        delays.decode(codec.encode(row))


@pytest.mark.parametrize("row", [["1", 0], [1, None], [1], 7])
def test_a_row_that_is_no_slip_is_damaged(row: object) -> None:
    with pytest.raises(Damaged, match="notes"):
        notes.decode(codec.encode(row))


def test_what_points_to_nothing_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: notes.put(txn, Slip(seq=98, struck=99))])
    sound.write([lambda txn: delays.put(txn, Delay(a="c1", b="c9", until=1, seq=97))])
    assert findings(sound) == [
        (NOTES, "journal entry 98 is named and not there"),
        (NOTES, "journal entry 99 is named and not there"),
        (DELAYS, "journal entry 97 is named and not there"),
        (DELAYS, "the review of c1 and c9 is put off and not there"),
    ]
    assert delays.place(DELAY) == keys.pack("c1", "c2")
