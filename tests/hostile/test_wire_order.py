"""Order: section O, what comes twice, too late, too fast, or from somebody who does not stay for the answer."""

from __future__ import annotations

import itertools
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from attrs import asdict

from jivod.flow import query
from jivod.policy.rules import DEFAULT
from jivod.store.kv import Txn
from tests.flow.world import accepted, finished, updated
from tests.hold.scale import BIG
from tests.hostile.wire_case import head, length
from tests.hostile.wire_target import HOOK, Target, ask, target_in
from tests.smoke.daemon import event

LEAVE = 1000 if BIG else 300
CHANNEL = "shop"
AT = 1_763_800_000
DAY = 86_400

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target_in(tmp_path_factory.mktemp("order")) as made:
        yield made


@pytest.fixture(autouse=True)
def rules(target: Target) -> Iterator[None]:
    """They hold after each case."""
    yield
    target.holds()


def tell(target: Target, body: dict[str, Any]) -> bytes:
    """An event that is taken; its answer."""
    status, answer = ask(target.door, "POST", HOOK, orjson.dumps(body))
    assert status == 200
    return answer


def six(chat: str) -> list[dict[str, Any]]:
    """Six events of one chat, each with its own time."""
    number, hello = f"n-{chat}", {"message": "hello", "timestamp": AT + 4, "type": "visitor"}
    bye = {"message": "bye", "timestamp": AT + 5, "type": "agent", "agent_id": 3}
    return [
        {**accepted(chat, number=number, name="Guest"), "event_timestamp": AT},
        {**accepted(chat, number=number, name="Deniz", email=f"{chat}-a@example.com"), "event_timestamp": AT + 1},
        {**updated(chat, number=number, name="Deniz Aksoy"), "event_timestamp": AT + 2},
        {**updated(chat, number=number, name="Deniz", email=f"{chat}-b@example.com"), "event_timestamp": AT + 3},
        finished(chat, number=number, name="D. Aksoy", messages=[hello]),
        finished(chat, number=number, messages=[hello, bye]),
    ]


def state(target: Target, chat: str) -> str:
    """The golden record of whoever the chat is with, and the chat; without its name, and what tells who came first."""

    def job(txn: Txn) -> str:
        whole = query.transcript(txn, CHANNEL, f"chat:{chat}")
        assert whole is not None and whole.chat.customer is not None
        golden = query.show(txn, whole.chat.customer, DEFAULT)
        assert golden is not None
        record = asdict(golden, filter=lambda a, _: a.name not in ("id", "merged"))
        history = asdict(whole, filter=lambda a, _: a.name not in ("customer", "seqs", "facts"))
        return repr((record, history)).replace(chat, "CHAT")

    return target.look(job)


def test_o002_the_same_event_with_its_keys_in_another_order_is_the_same(target: Target) -> None:
    body = orjson.loads(event("O002"))
    assert tell(target, body) == tell(target, dict(reversed(body.items())))
    assert target.stored()["O002"] == 1


def test_o003_an_end_before_the_beginning_and_a_second_longer_end(target: Target) -> None:
    for chat, order in (("o003a", range(6)), ("o003b", (5, 4, 0, 1, 2, 3))):
        for n in order:
            tell(target, six(chat)[n])
    assert state(target, "o003a") == state(target, "o003b")
    assert "bye" in state(target, "o003b")


def test_o004_all_orders_of_the_events_of_a_chat_agree(target: Target) -> None:
    """All 720 of six through the socket in `big`, 24 of four else; tests/flow/test_laws.py has all 720 always."""
    found = set()
    for n, order in enumerate(itertools.permutations(range(6 if BIG else 4))):
        chat = f"o004x{n:03d}"
        for turn in order:
            tell(target, six(chat)[turn])
        found.add(state(target, chat))
    assert len(found) == 1


def test_o005_an_update_three_days_after_the_end_is_applied(target: Target) -> None:
    for body in six("o005"):
        tell(target, body)
    before = state(target, "o005")
    late = updated("o005", number="n-o005", name="Deniz Aksoy", email="o005-late@example.com")
    tell(target, {**late, "event_timestamp": AT + 3 * DAY})
    after = state(target, "o005")
    assert "CHAT-late@example.com" not in before and "CHAT-late@example.com" in after and "bye" in after


def test_o006_who_leaves_before_the_answer_has_told_his_event(target: Target) -> None:
    for n in range(LEAVE):
        body = event(f"O006-{n}")
        with target.door.connection() as peer:
            peer.sendall(head(length(len(body))) + body)
            if n % 2:  # by a reset
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        target.acked[f"O006-{n}"] += 1
    until = time.monotonic() + 10
    while sum(target.stored()[f"O006-{n}"] for n in range(LEAVE)) < LEAVE and time.monotonic() < until:
        time.sleep(0.1)


def test_o007_who_leaves_in_the_middle_of_the_body_has_told_nothing(target: Target) -> None:
    for n in range(20):
        body = event(f"O007-{n}")
        with target.door.connection() as peer:
            peer.sendall(head(length(len(body))) + body[: len(body) * n // 20])
    target.is_well()
    assert not any(chat.startswith("O007") for chat in target.stored())
    assert target.quarantined() == 0
