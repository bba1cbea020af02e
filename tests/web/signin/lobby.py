"""A lobby: a clerk with a store in memory, a clock, and hashes that are counted instead of computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import Clock

from jivod.config.settings import Pages
from jivod.flow import password, staff
from jivod.model.access import Role
from jivod.model.user import User
from jivod.service.threads import InlineReaders, InlineWriter
from jivod.store.kv import Job, T
from jivod.store.memory import MemoryEngine
from jivod.web.api.jobs import Jobs
from jivod.web.deadline import Deadlines
from jivod.web.signin.caller import Caller
from jivod.web.signin.clerk import Clerk
from jivod.web.signin.cookies import Device
from jivod.web.signin.deed import Deed
from jivod.web.signin.hasher import AT_ONCE, Ticket, Turns
from jivod.web.signin.throttle import Throttle

RIGHT = "kahve masa deniz"
HOME = "203.0.113.1"


@define(eq=False)
class SlowHasher:
    """Works when it is told to, a turn at a time."""

    turns: Turns = field(factory=Turns)
    running: list[Ticket] = field(factory=list)

    def run(self, work: Callable[[], T], address: str, *, favoured: bool) -> Deferred[T]:
        home: Deferred[T] = Deferred()
        self.turns.add(Ticket(work, address, favoured, home))
        self._fill()
        return home

    def turn(self) -> None:
        """What runs comes to its end, and the next begin."""
        done, self.running = self.running, []
        self._fill()
        for ticket in done:
            if not ticket.home.called:
                ticket.home.callback(ticket.work())

    def _fill(self) -> None:
        while len(self.running) < AT_ONCE and (ticket := self.turns.next()) is not None:
            self.running.append(ticket)


@define(eq=False)
class Lobby:
    """`hashed`: what each password was compared with. `told`: what the clerk told of."""

    hasher: Any
    engine: MemoryEngine = field(factory=lambda: MemoryEngine(bytes(32)))
    clock: Clock = field(factory=Clock)
    hashed: list[str] = field(factory=list)
    told: list[Deed] = field(factory=list)
    made: int = 0
    clerk: Clerk = field(init=False)

    def __attrs_post_init__(self) -> None:
        jobs = Jobs(InlineReaders(self.engine), InlineWriter(self.engine), Deadlines(self.clock, 2.5))
        self.clerk = Clerk(
            jobs=jobs,
            hasher=self.hasher,
            throttle=Throttle(self.clock.seconds),
            terms=Pages().terms,
            now=self.now,
            new_cookie=lambda: self._new(43),
            new_number=lambda: self._new(22),
            new_link=lambda: self._new(43),
            tell=self.told.append,
        )

    def now(self) -> int:
        return 1_000_000 + round(self.clock.seconds() * 1000)

    def do(self, job: Job[T]) -> T:
        (outcome,) = self.engine.write([job])
        if outcome.error is not None:
            raise outcome.error
        value: T = outcome.value
        return value

    def user(self, name: str = "owner", role: Role = Role.ADMIN, typed: str = RIGHT) -> User:
        def job(txn: Any) -> User:
            return staff.set_password(txn, staff.add(txn, name, role, 1), f"kept {typed}")

        return self.do(job)

    def sign_in(self, typed: str, *, name: str = "owner", address: str = HOME, **more: Any) -> Any:
        return self.result(self.clerk.sign_in(Caller(address=address, **more), name, typed))

    def known_device(self, name: str = "owner") -> Device:
        device: Device = self.sign_in(RIGHT, name=name).device
        return device

    @staticmethod
    def result(work: Any) -> Any:
        """What came of it by now; what it raised is raised."""
        found: list[Any] = []
        ensureDeferred(work).addBoth(found.append)
        if found and hasattr(found[0], "raiseException"):
            found[0].raiseException()
        return found[0]

    def _new(self, size: int) -> str:
        self.made += 1
        return f"{self.made:0{size}}"


def count_hashes(lobby: Lobby, monkeypatch: Any) -> None:
    """Let passwords be kept as they are, and every comparison be noted."""

    def is_right(kept: str, typed: str) -> bool:
        lobby.hashed.append(kept)
        return kept == f"kept {typed}"

    monkeypatch.setattr(password, "is_right", is_right)
    monkeypatch.setattr(password, "hash_of", lambda typed: f"kept {typed}")
    monkeypatch.setattr(password, "is_outdated", lambda kept: False)
