"""Errands: asked for by the API, taken up one at a time, and ended. One job each, so that a restart finds them all."""

from __future__ import annotations

from collections.abc import Container

from attrs import evolve

from jivod.model.errand import DONE, ERASURE, FAILED, IMPORT, INTERRUPTED, RUNNING, WAITING, Errand
from jivod.model.errors import Busy
from jivod.store import erased, errands
from jivod.store.kv import Txn

QUEUE = 10
"""Errands that may wait at the same time."""


def ask(txn: Txn, errand: Errand) -> Errand:
    """Keep what is asked for, to be done when its turn comes. The same erasure twice is one. Raises Busy where too many
    wait.
    """
    open_ones = [one for one in errands.listed(txn) if not one.is_over]
    for one in open_ones:
        if one.kind == errand.kind == ERASURE and one.asked["id"] == errand.asked["id"]:
            return one
    if len(open_ones) > QUEUE:
        raise Busy("Too many imports and erasures are waiting; try again later.")
    errands.add(txn, errand)
    return errand


def take_up(txn: Txn, held: Container[str], at: int) -> Errand | None:
    """The next errand, which is running from now on; None if none waits. An import whose file is not `held` any more
    cannot be done.
    """
    for one in errands.listed(txn):
        if one.state != WAITING:
            continue
        if one.kind == IMPORT and one.id not in held:
            errands.put(txn, evolve(one, state=INTERRUPTED, ended_at=at))
        else:
            running = evolve(one, state=RUNNING)
            errands.put(txn, running)
            return running
    return None


def resume(txn: Txn, at: int) -> None:
    """A daemon starts: an erasure that was running waits again, an import is cut off."""
    for one in errands.listed(txn):
        if one.state == RUNNING:
            if one.kind == ERASURE:
                errands.put(txn, evolve(one, state=WAITING))
            else:
                errands.put(txn, evolve(one, state=INTERRUPTED, ended_at=at))


def end(txn: Txn, errand: Errand, at: int) -> None:
    """It is over: `told` or `error` of the errand say what came of it."""
    if errand.kind == ERASURE and errand.error is not None:  # the store knows better than the process that ended
        seq = erased.by(txn, errand.asked["id"])
        if seq is not None:
            errand = evolve(errand, told={"entry": seq}, error=None)
    state = DONE if errand.error is None else FAILED
    errands.put(txn, evolve(errand, state=state, ended_at=at))
