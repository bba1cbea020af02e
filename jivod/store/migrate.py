"""Migrate: bring an older environment forward, in numbered steps, after a copy. A newer one is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jivod.model.errors import Damaged, Refused
from jivod.store import meta
from jivod.store.kv import Engine, Job, Txn

STEPS: Mapping[int, Job[None]] = {}
"""From which schema -> the job that makes the next one of it. Each runs in one transaction with the new number."""


def demand_known(engine: Engine, *, goal: int = meta.SCHEMA) -> int:
    """The schema of `engine`. Raises Refused for a newer one than `goal`, Damaged if there is none."""
    found = engine.read(meta.schema)
    if found is None:
        raise Damaged("the store has no schema version: it is not a store of jivod, or it is damaged")
    if found > goal:
        raise Refused(f"the store has schema {found}, this jivod knows up to {goal}: use the newer jivod that wrote it")
    return found


def migrate(
    engine: Engine, copy: Callable[[int], None], *, steps: Mapping[int, Job[None]] = STEPS, goal: int = meta.SCHEMA
) -> int:
    """Bring `engine` to schema `goal` and say from which it came.

    `copy` is called with that number before the first step. Raises as `demand_known` does.
    """
    found = demand_known(engine, goal=goal)
    if found < goal:
        copy(found)
    for number in range(found, goal):
        _step(engine, steps[number], number + 1)
    return found


def _step(engine: Engine, job: Job[None], reached: int) -> None:
    def run(txn: Txn) -> None:
        job(txn)
        meta.set_schema(txn, reached)

    (outcome,) = engine.write([run])
    if outcome.error is not None:
        raise outcome.error
