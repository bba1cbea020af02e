"""Imports: rows of the company's own data told to a world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hypothesis import strategies as st

from jivod.flow.transfer import OUTCOMES, Taken, take_in
from jivod.wire import row
from tests.flow.told import EMAILS, PHONES, TOKENS
from tests.flow.world import World

Row = Mapping[str, str]

ROWS = st.dictionaries(
    st.sampled_from(["email", "phone", "id", "signed_id", "name", "tag", "attr:Plan"]), st.integers(0, 2), min_size=1
).map(lambda drawn: {field: ALPHABET[field][n] for field, n in drawn.items()})

ALPHABET = {
    "email": (*EMAILS[:2], "nobody"),
    "phone": (*PHONES[:2], "0532 000 00 01"),
    "id": (*TOKENS[:2], "guest"),
    "signed_id": (*TOKENS[:2], "guest"),
    "name": ("Ayşe", "Ali", "Guest"),
    "tag": ("vip", "new", "old"),
    "attr:Plan": ("retail", "gold", "none"),
}


def run(
    world: World, rows: Iterable[Row], *, finding: tuple[str, ...] = (), at: int | None = None, batch: int = 500
) -> list[Taken]:
    """One import, as the command does it."""
    world.clock += 1000
    source = row.Source(by="Elif", file="crm.csv", finding=finding)
    waiting = [row.make(given.items(), source, number) for number, given in enumerate(rows, 2)]
    done: list[Taken] = []
    while waiting[len(done) :]:
        left = waiting[len(done) : len(done) + batch]
        done += world.do(lambda txn, left=left: take_in(txn, left, at=at or world.clock, region="TR", is_due=bool))  # type: ignore[misc]
    return done


def outcomes(done: Iterable[Taken]) -> list[str]:
    found = [one.outcome for one in done]
    assert set(found) <= set(OUTCOMES)
    return found
