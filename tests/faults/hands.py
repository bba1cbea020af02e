"""Hands: one thread that has many requests on their way at once. It takes so little of the processor that what is
measured is the daemon: a thread for each of them took more than the daemon itself, on the same cores.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable

from attrs import define, field

PATIENCE = 30.0  # seconds, on a busy machine
_PIECE = 65_536
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_RETRY = re.compile(rb"\r\nretry-after: *(\w+)\r\n", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)


@define(eq=False)
class Answer:
    """What came back; `failed` if nothing did. `seconds`: since it was due."""

    chat: str
    seconds: float
    status: int = 0
    retry_after: str | None = None
    failed: str = ""


@define(eq=False)
class _Hand:
    """One request on its way."""

    chat: str
    due: float
    rest: bytes
    socket: socket.socket
    since: float
    answer: bytearray = field(factory=bytearray)

    def is_whole(self) -> bool:
        """Whether the answer is here."""
        head = self.answer.find(b"\r\n\r\n")
        length = _LENGTH.search(self.answer, 0, head + 4) if head >= 0 else None
        return length is not None and len(self.answer) >= head + 4 + int(length[1])


@define(eq=False)
class Hands:
    """At most `most` at once, to `port` of this machine; `kept` connections serve many requests, else each one has its
    own. `tell` is told of every answer.
    """

    port: int
    most: int
    tell: Callable[[Answer], None]
    kept: bool = False
    patience: float = PATIENCE
    _selector: selectors.BaseSelector = field(factory=selectors.SelectSelector)  # epoll waits whole ms
    _busy: dict[int, _Hand] = field(factory=dict)
    _idle: deque[socket.socket] = field(factory=deque)

    def send(self, requests: Iterable[tuple[float, str, bytes]]) -> None:
        """Each: the monotonic time at which it is due, its chat, its bytes. Returns when all are answered."""
        try:
            for due, chat, request in requests:
                while (now := time.monotonic()) < due or len(self._busy) >= self.most:
                    self._turn(max(0.0, due - now) if len(self._busy) < self.most else 1.0)
                self._launch(due, chat, request)
            while self._busy:
                self._turn(1.0)
        finally:
            self._selector.close()
            for connection in (*self._idle, *(hand.socket for hand in self._busy.values())):
                connection.close()

    def _launch(self, due: float, chat: str, request: bytes) -> None:
        connection = self._idle.popleft() if self._idle else self._connect()
        hand = _Hand(chat, due, request, connection, time.monotonic())
        self._busy[connection.fileno()] = hand
        self._selector.register(connection, selectors.EVENT_WRITE, hand)
        self._turn(0.0)

    def _connect(self) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.connect_ex(("127.0.0.1", self.port))  # whether it is heard shows when it is written to
        return made

    def _turn(self, seconds: float) -> None:
        for key, mask in self._selector.select(seconds):
            hand: _Hand = key.data
            try:
                self._push(hand) if mask & selectors.EVENT_WRITE else self._pull(hand)
            except OSError as error:
                self._end(hand, f"{type(error).__name__} {error}")
        while self._busy:
            oldest = next(iter(self._busy.values()))
            if time.monotonic() - oldest.since < self.patience:
                return
            self._end(oldest, "TimeoutError")

    def _push(self, hand: _Hand) -> None:
        hand.rest = hand.rest[hand.socket.send(hand.rest) :]
        if not hand.rest:
            self._selector.modify(hand.socket, selectors.EVENT_READ, hand)

    def _pull(self, hand: _Hand) -> None:
        piece = hand.socket.recv(_PIECE)
        hand.answer += piece
        if hand.is_whole():
            self._end(hand)
        elif not piece:
            self._end(hand, "closed without an answer")

    def _end(self, hand: _Hand, failed: str = "") -> None:
        answer = Answer(hand.chat, time.monotonic() - hand.due, failed=failed)
        del self._busy[hand.socket.fileno()]
        self._selector.unregister(hand.socket)
        if not failed:
            head = bytes(hand.answer.partition(b"\r\n\r\n")[0]) + b"\r\n"
            status, retry = _STATUS.match(head), _RETRY.search(head)
            answer.status = int(status[1]) if status else 0
            answer.retry_after = retry[1].decode() if retry else None
        if self.kept and not failed and not _CLOSE.search(hand.answer):
            self._idle.append(hand.socket)
        else:
            hand.socket.close()
        self.tell(answer)
