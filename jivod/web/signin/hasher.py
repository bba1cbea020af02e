"""Hasher: where passwords are hashed, which takes long: a few at a time, the others wait, and not too many of them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from attrs import frozen
from twisted.internet.defer import Deferred

from jivod.model.errors import Busy

T = TypeVar("T")

AT_ONCE = 2  # each takes 19 MiB and a core for 30 ms
WAITING = 32  # of those on a known device, and as many of all others
FROM_ADDRESS = 4  # of all others, from one address
CROWDED = "Too many people are signing in; try again in a moment."


class Hasher(Protocol):
    """`jivod.service.hashing.Hashing`, as seen from here."""

    def run(self, work: Callable[[], T], address: str, *, favoured: bool) -> Deferred[T]:
        """What `work` makes, on a thread of its own. Whoever is `favoured` goes first. Raises Busy."""


@frozen(eq=False)
class Ticket:
    """Work that waits, and who waits for it."""

    work: Callable[[], Any]
    address: str
    favoured: bool
    home: Deferred[Any]


class Turns:
    """Whose turn it is. Strangers cannot take the places of those on known devices, nor one of them all the others'."""

    def __init__(self) -> None:
        self._favoured: deque[Ticket] = deque()
        self._others: deque[Ticket] = deque()
        self._addresses: Counter[str] = Counter()

    def add(self, ticket: Ticket) -> None:
        """Let it wait. Raises Busy where too many do."""
        line = self._favoured if ticket.favoured else self._others
        crowded = not ticket.favoured and self._addresses[ticket.address] >= FROM_ADDRESS
        if crowded or len(line) >= WAITING:
            raise Busy(CROWDED)
        line.append(ticket)
        if not ticket.favoured:
            self._addresses[ticket.address] += 1

    def next(self) -> Ticket | None:
        """The one to be worked on now; whoever left meanwhile is passed over."""
        while line := self._favoured or self._others:
            ticket = line.popleft()
            if not ticket.favoured:
                self._leave(ticket.address)
            if not ticket.home.called:
                return ticket
        return None

    def _leave(self, address: str) -> None:
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]
