"""Town: a store of so many customers with all their conversations, the daemon over it, and what things cost there."""

from __future__ import annotations

import resource
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC
from functools import partial
from random import Random
from typing import ClassVar

from attrs import define, field

from jivod.flow import query
from jivod.flow.following import follow, make_side
from jivod.policy.rules import DEFAULT
from jivod.store import journal, side
from jivod.store.kv import Engine
from jivod.store.lmdb import make_scratch, open_engine
from jivod.store.side import Rows, Side
from tests.hold.clicks import Clicker, Roomy, connected, sign_in, webhook
from tests.hold.crowd import body_of, email_of
from tests.hold.preload import EVENTS, FRESH, Store
from tests.hold.process import memory
from tests.hold.regulars import Regulars, fill
from tests.hold.start import time_to_first_200

MAP_SIZE = 1 << 38
AT_ONCE = 500  # entries of the journal that are indexed together
KNOWN, READ, NEW, START, OWN, ALL = "known", "read", "new", "start", "own", "all"
EVENT, LOOKUP, PAGE, SEARCH, DISK = "event", "lookup", "page", "search", "disk"
WARM = 3  # pages of each kind before one counts: what is loaded when it is first needed is there then

STRANGERS = range(FRESH * 3 // 2, FRESH * 2)  # customers whom no store knows, nor the measure without a daemon


class Vast(Roomy):
    """With a map for all the customers that a disk has room for."""

    map_size: ClassVar[int] = MAP_SIZE


@define(eq=False)
class Town:
    """`samples`: what was measured, by what. `searched`: whether its search is made and measured."""

    daemon: Vast
    regulars: Regulars
    searched: bool
    random: Random = field(factory=lambda: Random(5))
    samples: dict[str, list[float]] = field(factory=lambda: defaultdict(list))
    _people: list[tuple[str, str]] = field(factory=list)
    _cookies: str = ""

    @property
    def spoken_of(self) -> int:
        """Of so many customers, the first ones, events tell; the pages of the others are looked at, and stay alike."""
        return self.regulars.count // 2

    def fill(self, progress: Callable[[int], None]) -> None:
        """Write the store; flushed at its end, and not before."""
        self.daemon.data.parent.mkdir(parents=True, mode=0o700)
        engine = make_scratch(self.daemon.data, MAP_SIZE, self.random.randbytes(32))
        try:
            fill(engine, self.regulars, progress)
            engine.seal()
        finally:
            engine.close()
        self.samples[DISK].append((self.daemon.data / "data.mdb").stat().st_size)

    def open(self) -> Store:
        """The store, to be worked on without a daemon; opened as one opens it."""
        return Store(open_engine(self.daemon.data, MAP_SIZE, reads_ahead=False), self.spoken_of)

    def work(self, store: Store, *, counts: bool) -> None:
        """Events without a daemon: seconds of CPU of each, and the pages that it had to read. The first ones only warm
        up.
        """
        before = _pages_read()
        known, read = store.cost(known=True), _pages_read() - before
        new = store.cost(known=False)
        if counts:
            self.samples[KNOWN].append(known)
            self.samples[READ].append(read / EVENTS)
            self.samples[NEW].append(new)

    def settle(self, engine: Engine, people: int) -> None:
        """Choose whose pages are looked at, and make the search, or have the daemon take it as made: it would be busy
        with that for long.
        """
        for email in map(email_of, self.random.choices(range(self.spoken_of, self.regulars.count), k=people)):
            (found,) = engine.read(lambda txn, email=email: query.find(txn, email, DEFAULT))  # type: ignore[misc]
            self._people.append((found.id, email))
        file = make_side(self.daemon.data.parent, "UTC")
        try:
            if not self.searched:
                _take_as_made(engine, file)
            while (step := follow(engine, file, UTC, AT_ONCE)).seen < step.last:
                pass
        finally:
            file.close()

    def start(self, turn: int) -> None:
        """Start the daemon once: seconds to its first answer."""
        self.samples[START].append(time_to_first_200(self.daemon, f"start-{turn}")[0])
        assert self.daemon.stop() == 0

    def open_doors(self) -> None:
        """Start the daemon for good."""
        self.daemon.start()
        assert self.daemon.post("first") == 200
        self.daemon.ask("GET", "/metrics", port=self.daemon.admin_port)  # loads its library

    def weigh(self) -> None:
        """The daemon's memory: its own, and all that is resident, with what it has read of the store."""
        self.samples[OWN].append(memory(self.daemon.pid, "RssAnon"))
        self.samples[ALL].append(memory(self.daemon.pid))
        assert self.daemon.metric("jivod_search_behind_entries") == 0

    def look(self, many: int) -> None:
        """Seconds of the look-up of a customer, of his page, and of a search by words: of `many` each, all others."""
        if not self._cookies:
            self._cookies = sign_in(self.daemon)
            self._look([self._people.pop() for _ in range(WARM)], {})
        self._look([self._people.pop() for _ in range(many)], self.samples)

    def tell(self, turn: int, seconds: float) -> None:
        """Seconds of each event by HTTP, at an even rate: known customers and new ones."""
        event = partial(event_of, known=self.spoken_of)
        self.samples[EVENT] += webhook(self.daemon.port, seconds, f"turn-{turn}", event)

    def _look(self, people: list[tuple[str, str]], samples: dict[str, list[float]]) -> None:
        clicker = Clicker(self.daemon.port, self._cookies, [], self.random)
        with connected(self.daemon.port) as connection:
            for id, email in people:
                asked = {LOOKUP: f"/customers?q={email}", PAGE: f"/customers/{id}"}
                if self.searched:
                    asked[SEARCH] = f"/customers?q={self.regulars.words(self.random).replace(' ', '+')}"
                for what, path in asked.items():
                    samples.setdefault(what, []).append(clicker.click(connection, path))


def event_of(chat: str, known: int) -> bytes:
    """An event of one of the first `known` customers, or of a new one."""
    random = Random(chat)
    return body_of(random.choice((random.randrange(known), random.choice(STRANGERS))), chat)


def _pages_read() -> int:
    """Of files that are mapped, by this process until now: those that were not in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_majflt


def _take_as_made(engine: Engine, file: Side) -> None:
    last = engine.read(journal.last)
    head = engine.read(lambda txn: journal.head(txn, last))

    def note(rows: Rows) -> None:
        for name, value in (("seen", last), ("head", head), ("born", last)):
            side.note(rows, name, value)

    file.write(note)
