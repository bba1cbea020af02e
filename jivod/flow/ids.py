"""Ids: every id ever given out means somebody for ever, also where the policy of now does not make its record."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from jivod.flow.anchor import anchor
from jivod.store import customers, former
from jivod.store.kv import Engine, Txn

PAGE = 500  # records that are looked at in one transaction


def keep(source: Engine, target: Engine, step: Callable[[], None] = lambda: None) -> int:
    """Let all ids of `source` mean somebody in `target`, which was folded from the same journal under another policy;
    how many of them have no record there. `step` is called between transactions.
    """
    before, count = None, 0
    while ids := source.read(partial(_page, before=before)):
        gone = target.read(partial(_gone, ids=ids))
        rows = source.read(partial(_rows, ids=gone))
        (outcome,) = target.write([partial(_put, rows=rows)])
        if outcome.error is not None:
            raise outcome.error
        before, count = ids[-1], count + len(rows)
        step()
    return count


def _page(txn: Txn, before: str | None) -> list[str]:
    return customers.newest(txn, PAGE, before)


def _gone(txn: Txn, ids: list[str]) -> list[str]:
    return [id for id in ids if customers.get(txn, id) is None]


def _rows(txn: Txn, ids: list[str]) -> list[former.Row]:
    return [(id, seq) for id in ids if (seq := anchor(txn, id)) is not None]


def _put(txn: Txn, rows: list[former.Row]) -> None:
    for id, seq in rows:
        former.put(txn, id, seq)
