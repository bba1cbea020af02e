"""Attacker: he knows everything that stands in the victim's chats, and may send any event but a token signed by the
site. What he sends is drawn here, with what is his own among it.
"""

from __future__ import annotations

import json
from typing import Any

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from jivod.model.entry import Origin
from tests.hostile.victim import CHATS, ELSEWHERE, ID, MAIL, NAME, NUMBER, PHONE_NUMBER, PLAIN, PLAIN_ID, SIGNING
from tests.policy.test_signature import KEY, T, jwt, v1

LONGEST = 30  # events

OWN = ("attacker@example.com", "+905559998877", "a1", "a2", 66)
FORGED = (
    ID, "u2", v1(ID, key=b""), v1(ID, key=b"secret"), v1(ID, key=KEY[:-1]), v1(ID, time=T - 10**8),
    v1(ID) + "0",
    jwt({"id": ID}, {"alg": "none"}), jwt({"id": ID}, key=b"secret"), jwt({"id": ID}, {"alg": "HS512"}),
    jwt({"id": ID, "exp": T - 61}), jwt({"id": ID}).rpartition(".")[0] + ".", f"v1.{ID}.{T}.{'0' * 64}",
)  # fmt: skip
_NAMES = (None, NAME, "Mallory", "", MAIL, "Guest")
_MAILS = (None, MAIL, MAIL.upper(), f"<{MAIL}>", f"{OWN[0]}, {MAIL}", OWN[0], "other@example.com", "")
_PHONES = (None, PHONE_NUMBER, "0555 111 22 33", f"{OWN[1]} / {PHONE_NUMBER}", OWN[1], "")
_TEXTS = (None, "call me at the other number", "", "prefers nothing")
_TIMES = (None, 0, T - 10**8, T + 10**4, T + 10**9)
_OWN_CHATS, _OWN_NUMBERS = ("a1", "a2", None), (66, 67, None)
_KINDS = (
    "chat_accepted", "chat_accepted", "chat_updated", "chat_updated", "chat_finished", "chat_assigned",
    "client_updated",
    "client_attribute_updated", "offline_message", "call_event", "chat_started",
)  # fmt: skip


@frozen
class Event:
    """A body that comes in by a channel."""

    body: dict[str, Any]
    origin: Origin

    def __repr__(self) -> str:
        return f"{self.origin.channel}: {json.dumps(self.body, ensure_ascii=False)}"


def outsiders() -> SearchStrategy[list[Event]]:
    """What somebody does who can type whatever he likes, and run whatever he likes in his own browser."""
    return _streams(_OWN_CHATS, _OWN_NUMBERS, ("t1", "t2", *FORGED))


def insiders() -> SearchStrategy[list[Event]]:
    """What he does who can besides name the victim's chats and cards, and his id where the site signs none."""
    return _streams((*_OWN_CHATS, *CHATS), (*_OWN_NUMBERS, NUMBER), ("t1", PLAIN_ID, *FORGED))


def _streams(chats: tuple[Any, ...], numbers: tuple[Any, ...], tokens: tuple[str, ...]) -> SearchStrategy[list[Event]]:
    return st.lists(_events(chats, numbers, tokens), min_size=1, max_size=LONGEST)


def _events(chats: tuple[Any, ...], numbers: tuple[Any, ...], tokens: tuple[str, ...]) -> SearchStrategy[Event]:
    pick = st.sampled_from
    visitor = st.fixed_dictionaries(
        {"name": pick(_NAMES), "email": pick(_MAILS), "phone": pick(_PHONES)},
        optional={
            "description": pick(_TEXTS), "number": pick(numbers), "social": pick([{"vk": "https://vk.com/mallory"},
            {}]),
        },
    )  # fmt: skip
    body = st.fixed_dictionaries(
        {"event_name": pick(_KINDS), "chat_id": pick(chats), "client_id": pick(numbers), "visitor": visitor},
        optional={
            "user_token": pick([None, *tokens]),
            "attributes": pick([{"Account": "mine", "Points": "0", "VIP": "yes"}, {"Account": None}, {"Account": ""}]),
            "tags": pick([[{"id": 1, "title": "blocked"}], []]),
            "organization": pick([{"name": "Mallory Ltd"}]),
            "status": pick([{"title": "lost"}]),
            "assigned_agent": pick([{"name": "Mallory"}]),
            "event_timestamp": pick(_TIMES),
            "session": pick([{"ip_addr": "203.0.113.7"}]),
            "call": pick([{"phone": PHONE_NUMBER, "type": "incoming", "status": "end"}]),
            "chat": pick([{"messages": [{"type": "visitor", "message": "hello", "timestamp": T + 10**6}]}]),
            "assign_to": pick(["https://crm.example.com/customers/x"]),
        },
    )
    return st.builds(Event, body, pick([PLAIN, PLAIN, SIGNING, SIGNING, ELSEWHERE]))
