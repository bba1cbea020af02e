"""Retained: worlds in which old conversations have lost their content, as the daemon does it."""

from __future__ import annotations

from jivod.flow import retention
from jivod.model.entry import Entry
from jivod.model.retention import Rule
from jivod.store import journal
from jivod.store import retention as store
from tests.flow.world import World

MONTHS = 24
LATER = 10**15  # UNIX ms, behind everything that is told


def retain(world: World, before: int, now: int = LATER) -> int:
    """Let all go that ended `before`; of how many entries."""
    world.do(lambda txn: retention.confirm(txn, Rule(chats_months=MONTHS), "Kemal", now))
    count = 0
    while turns := world.ask(lambda txn: retention.due(txn, store.looked(txn), before, now)):
        for turn in retention.pieces(turns):
            count += world.do(lambda txn, turn=turn: retention.take_turn(txn, turn, MONTHS, world.clock))  # type: ignore[misc]
    return count


def entries(world: World) -> list[Entry]:
    """The journal."""
    return world.ask(lambda txn: journal.after(txn, 0, 10_000))


def emptied(world: World) -> list[int]:
    """The entries whose content is gone."""
    return [entry.seq for entry in entries(world) if entry.original is not None]
