"""The budget returns: whatever connections do, in any order, what is held is what is in memory, and in the end none."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from jivod.web.limits import Limits
from tests.web.shop import EVENT, HOOK, HeldWriter, Shop, chunked, open_shop, request

LIMITS = Limits(short_body=500, body=3000, long_bodies=6000, header_time=60, body_time=10, requests_per_connection=5)
PATHS = st.sampled_from([HOOK, HOOK, HOOK, HOOK, "/jivo/wrong", "/nowhere"])
SIZES = st.integers(501, 3000) | st.integers(0, 3200)
TRAILERS = b"0\r\n" + 300 * b"a: b\r\n"
ODDS = (b"\r\n", b"zz\r\n", b"fff\r\n", b"0\r\n\r\n", TRAILERS, b"GET / HTTP/1.1\r\n\r\n", b"\0")


class Peer:
    """A client, its connection, and what it has still to send. Cut off, it comes back."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.come()

    def come(self) -> None:
        self.wire = self._shop.connect("127.0.0.1")
        self.todo = b""

    def send(self, size: int) -> None:
        if self.wire.closed:
            self.wire.hang_up()
            self.come()
        data, self.todo = self.todo[:size], self.todo[size:]
        if data:
            self.wire.send(data)

    def buffered(self) -> int:
        """Bytes of long bodies that are really here; who was refused may leave none while he lingers."""
        if self.wire.closed:
            return 0
        sizes = [_size(request.content) for request in self.wire.protocol.requests]
        return sum(size for size in sizes if size > LIMITS.short_body)


class Crowd(RuleBasedStateMachine):
    """Clients that do as they please."""

    peers = Bundle("peers")

    def __init__(self) -> None:
        super().__init__()
        self.shop = open_shop(make_writer=HeldWriter, limits=LIMITS)
        self.here: list[Peer] = []

    @initialize(target=peers)
    def open(self) -> Any:
        self.here = [Peer(self.shop) for _ in range(4)]
        return multiple(*self.here)

    @rule(peer=peers, path=PATHS, size=SIZES, part=SIZES)
    def post(self, peer: Peer, path: str, size: int, part: int) -> None:
        peer.todo += request(EVENT.ljust(size), path=path)
        peer.send(part)

    @rule(peer=peers, path=PATHS, sizes=st.lists(st.integers(1, 1200), min_size=1, max_size=5), part=SIZES)
    def post_chunks(self, peer: Peer, path: str, sizes: list[int], part: int) -> None:
        peer.todo += chunked(*(b"a" * size for size in sizes), b"", path=path)
        peer.send(part)

    @rule(peer=peers, odd=st.sampled_from(ODDS))
    def send_what_is_odd(self, peer: Peer, odd: bytes) -> None:
        peer.todo = odd + peer.todo
        peer.send(len(odd))

    @rule(peer=peers, size=SIZES)
    def send(self, peer: Peer, size: int) -> None:
        peer.send(size)

    @rule(peer=peers)
    def send_all(self, peer: Peer) -> None:
        peer.send(len(peer.todo))

    @rule()
    def answer(self) -> None:
        self.shop.writer.release()

    @rule(seconds=st.sampled_from([0.5, 3.0, 11.0]))
    def wait(self, seconds: float) -> None:
        self.shop.pass_time(seconds)

    @rule(peer=peers)
    def hang_up(self, peer: Peer) -> None:
        peer.wire.hang_up()
        peer.come()

    @invariant()
    def what_is_held_is_what_is_here(self) -> None:
        budget = self.shop.site.budget
        assert budget.held == sum(peer.buffered() for peer in self.here)
        assert 0 <= budget.held <= budget.size

    def teardown(self) -> None:
        for peer in self.here:
            peer.wire.hang_up()
        assert self.shop.site.budget.held == 0
        self.shop.writer.release()
        assert self.shop.site.budget.held == 0


TestCrowd = Crowd.TestCase


def _size(content: Any) -> int:
    return 0 if content is None or content.closed else len(content.getbuffer())
