"""Carrier: takes the rows of a file into the store, batch by batch, so that webhooks come in between; or a copy."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count, islice
from typing import BinaryIO

from attrs import define

from jivod.cli.deed import write
from jivod.cli.office import Office
from jivod.cli.refused import Refusals
from jivod.cli.screen import Progress
from jivod.cli.tally import Tally
from jivod.cli.twin import moment_of
from jivod.flow import transfer
from jivod.model.audit import IMPORTED, READ
from jivod.model.errors import Refused
from jivod.model.event import ImportedRow
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine
from jivod.wire import row as rows
from jivod.wire.item import Item
from jivod.wire.upload import Upload

TURN = 0.005  # seconds that a batch may take: a webhook may have to wait for it
PAUSE = 0.004  # seconds between two, in which whoever waits gets his turn
SELDOM = 100  # batches after which the memory of what was read is given back
ROOM = 1.5  # the copy and what comes to it, as a share of the store
_FOREVER = float("inf")

Given = tuple[Item, ImportedRow | None, str]  # the row as read, as it would be kept, why it cannot be


@define(eq=False)
class Carrier:
    """One import. `at`: UNIX ms of all its rows; `limit`: rows that are shown of each kind."""

    upload: Upload
    source: rows.Source
    at: int
    region: str | None
    limit: int

    def run(self, office: Office, file: BinaryIO, refused: Refusals) -> Tally:
        """Import it, in batches so short that webhooks come in between."""
        with office.store(IMPORTED) as engine, closing(refused) as out:
            return self._carry(engine, file, out, office, turn=TURN, pause=PAUSE)

    def rehearse(self, office: Office, file: BinaryIO, refused: Refusals | None) -> Tally:
        """Import it into a copy of the store, which is thrown away."""
        with moment_of(office, "import", ROOM, READ) as (copy, _):
            return self._carry(copy, file, refused, office, turn=_FOREVER, pause=0)

    def _carry(
        self, engine: LmdbEngine, file: BinaryIO, out: Refusals | None, office: Office, *, turn: float, pause: float
    ) -> Tally:
        tally = Tally(limit=self.limit, place=out)
        given = self._given()
        waiting: list[Given] = []
        with _progress(file, engine) as step:
            while True:
                waiting += islice(given, transfer.BATCH - len(waiting))
                if not waiting:
                    return tally
                done = self._batch(engine, waiting, tally, turn, office)
                waiting = waiting[done:]
                step()
                time.sleep(pause)

    def _batch(self, engine: LmdbEngine, waiting: list[Given], tally: Tally, turn: float, office: Office) -> int:
        """Keep the first of those that wait, and count them; how many."""
        good = [(item, row) for item, row, _ in waiting if row is not None]

        def job(txn: Txn) -> list[transfer.Taken]:
            ends = time.monotonic() + turn  # from here on others wait
            return transfer.take_in(
                txn, [row for _, row in good], at=self.at, region=self.region, is_due=lambda: time.monotonic() > ends
            )

        made = write(engine, job) if good else []
        office.touch([one.customer for one in made if one.customer], [one.seq for one in made if one.seq])
        taken = iter(made)
        settled = 0
        for item, row, why in waiting:
            if row is None:
                tally.refuse(item, why)
            elif (one := next(taken, None)) is None:
                break
            elif one.outcome == transfer.REFUSED:
                tally.refuse(item, one.why, is_for_good=one.is_for_good)
            else:
                tally.count(item, one)
            settled += 1
        return settled

    def _given(self) -> Iterator[Given]:
        for item in self.upload.rows:
            if item.fault:
                yield item, None, item.fault
                continue
            try:
                yield item, rows.make(item.said, self.source, item.line), ""
            except Refused as error:
                yield item, None, str(error)


@contextmanager
def _progress(file: BinaryIO, engine: LmdbEngine) -> Iterator[Callable[[], None]]:
    """What to call between batches: it shows how much of the file was read, and keeps memory flat."""
    size, steps = os.fstat(file.fileno()).st_size, count(1)
    with closing(Progress("Importing")) as progress:

        def step() -> None:
            if next(steps) % SELDOM == 0:
                engine.unmap()
            progress(file.tell(), size)

        yield step
