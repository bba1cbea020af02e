"""Hands: what came back is told as it was, and what did not come back is told as well."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from tests.faults.hands import Answer, Hands

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
BUSY = b"HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
Served = Callable[[socket.socket], None]


@contextmanager
def server(serve: Served) -> Iterator[int]:
    """Its port. Each connection is served by a thread."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def run() -> None:
            while True:
                try:
                    connection, _ = door.accept()
                except OSError:
                    return
                Thread(target=serve, args=(connection,), daemon=True).start()

        Thread(target=run, daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


def answering(*pieces: bytes) -> Served:
    """Every request is answered with these, one after the other."""

    def serve(connection: socket.socket) -> None:
        with connection:
            while connection.recv(100):
                for piece in pieces:
                    connection.sendall(piece)
                    time.sleep(0.01)
                if BUSY in pieces or not pieces:
                    return

    return serve


def sent(serve: Served, number: int = 3, *, kept: bool = False) -> list[Answer]:
    told: list[Answer] = []
    with server(serve) as port:
        due = time.monotonic()
        Hands(port, 2, told.append, kept=kept).send((due, str(n), b"asked") for n in range(number))
    return sorted(told, key=lambda answer: answer.chat)


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("cut", [0, 1, 20, len(OK) - 1])
def test_an_answer_in_pieces_is_one_answer(cut: int, kept: bool) -> None:
    told = sent(answering(OK[:cut], OK[cut:]) if cut else answering(OK), kept=kept)
    assert [(one.chat, one.status, one.failed) for one in told] == [(str(n), 200, "") for n in range(3)]
    assert told[2].seconds > min(told[0].seconds, told[1].seconds)  # it had to wait for a hand


@pytest.mark.parametrize("kept", [False, True])
def test_a_refusal_is_told_with_its_moment(kept: bool) -> None:
    assert [(one.status, one.retry_after) for one in sent(answering(BUSY), kept=kept)] == [(503, "5")] * 3


def test_who_gets_no_answer_is_told(unused_port: int) -> None:
    assert [one.status for one in sent(answering())] == [0] * 3
    assert all(one.failed for one in sent(answering()))
    told: list[Answer] = []
    Hands(unused_port, 2, told.append).send([(time.monotonic(), "a", b"asked")])
    assert "Refused" in told[0].failed


def test_who_is_kept_waiting_gives_up() -> None:
    def silent(connection: socket.socket) -> None:
        connection.recv(100)
        time.sleep(2.0)

    told: list[Answer] = []
    with server(silent) as port:
        begun = time.monotonic()
        Hands(port, 9, told.append, patience=0.2).send((begun, str(n), b"asked") for n in range(9))
    assert [one.failed for one in told] == ["TimeoutError"] * 9
    assert time.monotonic() - begun < 1.5  # a turn that waits for somebody lasts a second, and then all give up


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])
