"""Sinks: how far each sink has got, what is owed to it, and what was given up."""

from __future__ import annotations

from typing import Any

from jivod.model.change import Dead, Owed, Standing
from jivod.store import codec, keys, outbox
from jivod.store.kv import Txn, prefix_end
from jivod.store.tables import DEAD, OWED, SINKS

DEAD_MAX = 10_000
"""Letters kept for one sink; the oldest make room."""


def get(txn: Txn, name: str) -> Standing | None:
    """One sink, as it stands."""
    record = txn.get(SINKS, keys.text(name))
    return None if record is None else decode(record)


def put(txn: Txn, standing: Standing) -> None:
    """Keep how a sink stands."""
    txn.put(SINKS, keys.text(standing.name), encode(standing))


def listed(txn: Txn) -> list[Standing]:
    """All that were ever configured, by name."""
    return [decode(record) for _, record in txn.range(SINKS)]


def owe(txn: Txn, name: str, owed: Owed) -> None:
    """Keep a change that a sink could not be told yet, or how it stands with it now."""
    txn.put(OWED, _place(name, owed.change.number), encode_owed(name, owed))


def forget(txn: Txn, name: str, number: int) -> None:
    """A change is owed no more."""
    txn.delete(OWED, _place(name, number))


def owed(txn: Txn, name: str) -> list[Owed]:
    """What is owed to a sink, oldest first."""
    lo = keys.text(name)
    return [decode_owed(record)[1] for _, record in txn.range(OWED, lo, prefix_end(lo))]


def bury(txn: Txn, name: str, dead: Dead) -> bool:
    """Give a change up; False if it was already. The oldest letter makes room by `make_room`."""
    key = _place(name, dead.change.number)
    is_new = txn.get(DEAD, key) is None
    txn.put(DEAD, key, encode_dead(name, dead))
    return is_new


def dead(txn: Txn, name: str, limit: int, after: int = 0) -> list[Dead]:
    """The letters of a sink behind number `after`, oldest first."""
    hi = prefix_end(keys.text(name))
    return [decode_dead(record)[1] for _, record in txn.range(DEAD, _place(name, after + 1), hi, limit=limit)]


def exhume(txn: Txn, name: str, number: int) -> None:
    """A letter is one no more."""
    txn.delete(DEAD, _place(name, number))


def encode(standing: Standing) -> bytes:
    """The record of a sink."""
    s = standing
    return codec.encode([s.name, s.told, s.edition, s.halted, s.dead, s.lost])


def decode(record: bytes) -> Standing:
    """The sink in a record. Raises Damaged."""
    return codec.decode(SINKS, record, _standing)


def encode_owed(name: str, owed: Owed) -> bytes:
    """The record of what is owed to the sink `name`."""
    return codec.encode([name, outbox.row(owed.change), owed.attempts, owed.since, owed.due])


def decode_owed(record: bytes) -> tuple[str, Owed]:
    """To whom it is owed, and what. Raises Damaged."""
    return codec.decode(OWED, record, _owed)


def encode_dead(name: str, dead: Dead) -> bytes:
    """The record of a letter to the sink `name`."""
    return codec.encode([name, outbox.row(dead.change), dead.attempts, dead.why, dead.at])


def decode_dead(record: bytes) -> tuple[str, Dead]:
    """To whom it was, and the letter. Raises Damaged."""
    return codec.decode(DEAD, record, _dead)


def place(row: tuple[str, Owed | Dead]) -> bytes:
    """The key of a record of either kind."""
    name, one = row
    return _place(name, one.change.number)


def _place(name: str, number: int) -> bytes:
    return keys.text(name) + keys.up(number)


def _standing(plain: list[Any]) -> Standing:
    name, told, edition, halted, dead, lost = plain
    return Standing(name=name, told=told, edition=edition, halted=halted, dead=dead, lost=lost)


def _owed(plain: list[Any]) -> tuple[str, Owed]:
    name, change, attempts, since, due = plain
    return name, Owed(change=outbox.of_row(change), attempts=attempts, since=since, due=due)


def _dead(plain: list[Any]) -> tuple[str, Dead]:
    name, change, attempts, why, at = plain
    return name, Dead(change=outbox.of_row(change), attempts=attempts, why=why, at=at)
