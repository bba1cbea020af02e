"""Images, the judge: opens a store that a crash left as jivod itself would, in a process of its own, for what opens a
broken one may die by it.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import shutil
import signal
import sys
from collections.abc import Sequence
from io import BufferedReader
from pathlib import Path

from lmdb.verify import verify

from jivod.store import journal
from jivod.store.check import check
from jivod.store.lmdb import LmdbEngine, open_engine
from tests.faults.images import NAME, Crash
from tests.faults.images_story import ID_KEY, MAP_SIZE, Group, digest, tell

HOME = "data"
GOOD = "good"
PATIENCE = 20  # seconds until a state that is never done with ends its judge


class Judge:
    """Judges states of a store to which `groups` were told; `pages` are its digests, see `images_story.pages`."""

    def __init__(self, place: Path, groups: Sequence[Group], pages: Sequence[str]) -> None:
        self._place, self._groups, self._pages = place, groups, pages
        self._pid = 0
        self._ask = -1
        self._answers: BufferedReader | None = None

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pid:
            self._end(signal.SIGKILL)

    def of_crash(self, crash: Crash, *, closely: bool) -> str:
        """Build the state and judge it."""
        shutil.rmtree(self._place, ignore_errors=True)
        self._place.mkdir(parents=True)
        if crash.directory is not None:
            (self._place / crash.directory).mkdir(mode=0o700)
            if crash.content is not None:
                (self._place / crash.directory / NAME).write_bytes(crash.content)
        return self.of_place(crash.acked, crash.begun, closely=closely)

    def of_place(self, acked: int, begun: int, *, closely: bool) -> str:
        """`GOOD`, or what is wrong with the store as it lies in the place: it must hold a whole number of groups, all
        that were acknowledged, none that never began. `closely`: also by a full check of records, indexes and pages,
        and the story must go on from there as if nothing had happened.
        """
        if not self._pid:
            self._begin()
        assert self._answers is not None
        os.write(self._ask, f"{acked} {begun} {int(closely)}\n".encode())
        answer = self._answers.readline().decode().strip()
        return answer or f"its reader died by signal {self._end()}"

    def _begin(self) -> None:
        asked, self._ask = os.pipe()
        answering, answer = os.pipe()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._ask)
            self._live(os.fdopen(asked, "rb"), answer)
        os.close(asked)
        os.close(answer)
        self._answers = os.fdopen(answering, "rb")

    def _end(self, sign: signal.Signals | None = None) -> int:
        assert self._answers is not None
        if sign is not None:
            os.kill(self._pid, sign)
        _, status = os.waitpid(self._pid, 0)
        os.close(self._ask)
        self._answers.close()
        self._pid = 0
        return os.WTERMSIG(status)

    def _live(self, asked: BufferedReader, answer: int) -> None:
        """The whole life of the child. LMDB tells stderr of what it cannot bear, and aborts."""
        try:
            faulthandler.disable()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            while line := asked.readline():
                signal.alarm(PATIENCE)
                acked, begun, closely = map(int, line.split())
                os.write(answer, f"{self._verdict(acked, begun, bool(closely))}\n".encode())
        finally:
            os._exit(0)

    def _verdict(self, acked: int, begun: int, closely: bool) -> str:
        try:
            engine = open_engine(self._place / HOME, MAP_SIZE, random_bytes=lambda _: ID_KEY)
            try:
                return self._of_engine(engine, acked, begun, closely)
            finally:
                engine.close()
        except Exception as error:
            return " ".join(f"{type(error).__name__}: {error}".split())

    def _of_engine(self, engine: LmdbEngine, acked: int, begun: int, closely: bool) -> str:
        found = engine.read(digest)
        allowed = range(max(acked, 0), begun + 1)
        known = next((number for number in allowed if self._pages[number] == found), None)
        if known is None:
            held = engine.read(journal.last)
            return f"no whole number of groups from {acked} to {begun} is there; the journal holds {held} entries"
        return self._closely(engine, known) if closely else GOOD

    def _closely(self, engine: LmdbEngine, known: int) -> str:
        findings = engine.read(lambda txn: list(check(txn)))
        faults = verify(str(self._place / HOME / NAME))  # type: ignore[no-untyped-call]
        # LMDB 0.9 lets a shorter value keep the pages of a longer one: lmdb.verify takes that for three faults.
        if findings or (faults and not any("OVPAGES" in fault for fault in faults)):
            return f"{findings} {faults}"
        if known < len(self._groups):
            tell(engine, self._groups[known], known)
            if engine.read(digest) != self._pages[known + 1]:
                return f"group {known + 1} was told again and came to something else"
        return GOOD
