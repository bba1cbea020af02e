"""Stories: the conversations that `jivod demo` plays. Invented people at example.com; numbers no visitor has."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

AYSE = {"name": "Ayşe Demir", "email": "ayse.demir@example.com", "phone": "+90 532 000 00 11"}
MEHMET = {"name": "Mehmet Kaya", "email": "mehmet.kaya@example.com", "phone": "+90 532 000 00 21"}
ELENA = {"name": "Елена", "email": "elena@example.com"}
AGENT = {"id": "7", "name": "Deniz", "email": "deniz@example.com"}
PAGE = {"url": "https://shop.example.com/delivery", "title": "Delivery"}


@frozen
class Step:
    """One webhook, and what happens in words."""

    tells: str
    body: dict[str, Any]


@frozen
class Scene:
    """A conversation or two that show one thing."""

    title: str
    steps: tuple[Step, ...]


@frozen
class Numbers:
    """Chat and visitor numbers of one run: 13 digits and more, far above those that Jivo counts up from 1."""

    run: int = field()

    def chat(self, n: int) -> int:
        """The number of the run's n-th chat."""
        return self.run * 1000 + n

    def visitor(self, n: int) -> str:
        """The number of the run's n-th browser."""
        return str(self.run * 1000 + 500 + n)


def scenes(run: int) -> list[Scene]:
    """Every scene, with numbers made from `run` (UNIX seconds), so that each run adds conversations of its own."""
    numbers = Numbers(run)
    return [_returning(numbers), _two_phones(numbers), _late_email(numbers), _call(numbers), _offline(numbers)]


def _returning(n: Numbers) -> Scene:
    first, second, browser = n.chat(1), n.chat(2), n.visitor(1)
    return Scene(
        "A customer comes back",
        (
            Step("Ayşe asks about her parcel", _accepted(first, browser, AYSE)),
            Step(
                "the agent closes the chat",
                _finished(n, first, browser, AYSE, "Where is my parcel?", "It comes today."),
            ),
            Step("she writes again, from her telephone", _accepted(second, n.visitor(2), AYSE)),
            Step("and is served", _finished(n, second, n.visitor(2), AYSE, "Thank you!", "You are welcome.")),
        ),
    )


def _two_phones(n: Numbers) -> Scene:
    other = {**MEHMET, "phone": "+90 532 000 00 22"}
    return Scene(
        "One e-mail, two phones: both are kept, the first one stays in front",
        (
            Step("Mehmet writes, with his e-mail and a phone", _accepted(n.chat(3), n.visitor(3), MEHMET)),
            Step("Mehmet writes later, with another phone", _accepted(n.chat(4), n.visitor(4), other)),
        ),
    )


def _late_email(n: Numbers) -> Scene:
    chat, browser = n.chat(5), n.visitor(5)
    known = {"email": AYSE["email"]}
    return Scene(
        "First a question, then an e-mail: the stranger turns out to be Ayşe while the agent watches",
        (
            Step("somebody asks without a name", _accepted(chat, browser, {"name": ""})),
            Step("leaves an e-mail", _chat_event("chat_updated", chat, browser, known)),
            Step("and is served", _finished(n, chat, browser, known, "Can I still change the address?", "Yes, done.")),
        ),
    )


def _call(n: Numbers) -> Scene:
    def state(status: str) -> dict[str, Any]:
        call = {"type": "incoming", "phone": "905320000011", "status": status}
        visitor = {"number": n.visitor(6), "phone": "905320000011"}
        return {"event_name": "call_event", "widget_id": "demo", "chat_id": n.chat(6), "visitor": visitor, "call": call}

    return Scene(
        "A call: the number finds Ayşe",
        (Step("the telephone rings", state("start")), Step("and the call ends", state("end"))),
    )


def _offline(n: Numbers) -> Scene:
    body = {
        "event_name": "offline_message",
        "widget_id": "demo",
        "offline_message_id": n.chat(7),
        "visitor": {**ELENA, "number": n.visitor(7)},
        "message": "Здравствуйте! Вы доставляете в Анкару?",
        "page": PAGE,
    }
    return Scene(
        "A message while nobody was there, and the chat that follows",
        (
            Step("Елена leaves a message at night", body),
            Step("and writes in the morning", _accepted(n.chat(8), n.visitor(7), ELENA)),
        ),
    )


def _accepted(chat: int, browser: str, visitor: dict[str, str]) -> dict[str, Any]:
    return _chat_event("chat_accepted", chat, browser, visitor)


def _chat_event(name: str, chat: int, browser: str, visitor: dict[str, str]) -> dict[str, Any]:
    return {
        "event_name": name,
        "widget_id": "demo",
        "chat_id": chat,
        "visitor": {**visitor, "number": browser},
        "agent": AGENT,
        "page": PAGE,
    }


def _finished(n: Numbers, chat: int, browser: str, visitor: dict[str, str], asks: str, says: str) -> dict[str, Any]:
    messages = [
        {"type": "visitor", "timestamp": n.run - 60, "message": asks},
        {"type": "agent", "timestamp": n.run - 30, "agent_id": AGENT["id"], "message": says},
    ]
    return {
        "event_name": "chat_finished",
        "widget_id": "demo",
        "chat_id": chat,
        "visitor": {**visitor, "number": browser},
        "agents": [AGENT],
        "chat": {"messages": messages, "rate": "positive"},
        "page": PAGE,
    }
