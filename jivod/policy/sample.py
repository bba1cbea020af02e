"""Sample: a customer of whom everything is known, to try the operator's templates with before they are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jivod.model.chat import Agent, Chat, Visit
from jivod.model.claim import VISITOR_TYPED, Claim
from jivod.model.contact import EMAIL, PHONE
from jivod.model.customer import GoldenRecord
from jivod.model.entry import Origin
from jivod.model.event import ChatAccepted, Visitor
from jivod.policy.identity import KEY
from jivod.policy.reply import SHOWN_FACTS, Panel
from jivod.policy.view import ROOTS, Scene, Table, names

FLAVOURS = ("1234.50", "2026-01-31", "Gold")  # what stands where the operator alone knows what stands there
_AT = 1_767_225_600_000  # UNIX ms
_EMAIL, _PHONE = "ayse@example.com", "+902125550100"


class Open(dict[str, str]):
    """A table whose names only the operator knows: it has them all."""

    def __init__(self, flavour: str) -> None:
        super().__init__(Balance=flavour)
        self._flavour = flavour

    def __missing__(self, name: Any) -> str:
        return self._flavour


def tables(looked: Iterable[str]) -> Iterator[Table]:
    """Everything there is to name, once in each flavour; `looked` are the names that a look-up fills."""
    looked = tuple(looked)
    for flavour in FLAVOURS:
        yield names(_scene(Open(flavour)), ROOTS, dict.fromkeys(looked, flavour))


def _scene(unknown: Open) -> Scene:
    return Scene(panel=_panel(unknown), event=_event(unknown), origin=_ORIGIN)


_ORIGIN = Origin(channel="shop", account="main", region="TR", site="example.com")


def _panel(attributes: Open) -> Panel:
    golden = GoldenRecord(
        id="01J0000000000000000000000A", name="Ayşe Yılmaz", emails=(_EMAIL, "a@example.com"),
        phones=(_PHONE, "+902125550101"), description="Asks for Elif", attributes=attributes, tags=("regular",),
        social=("https://example.com/ayse",), tokens=("4711",), verified=True, verified_contacts=(_EMAIL, _PHONE),
        chats=3, created_at=_AT, seen_at=_AT,
    )  # fmt: skip
    facts = tuple(Claim(fact, "Elif", VISITOR_TYPED, "", _AT, _AT, 1) for fact in SHOWN_FACTS)
    chat = Chat(account="main", ref="chat:1", customer=golden.id, opened_at=_AT, at=_AT, seqs=(1,), facts=facts)
    return Panel(
        golden=golden, rule=KEY, key_kind=EMAIL, given={EMAIL: (_EMAIL,), PHONE: (_PHONE,)}, last_chat=chat,
        open_reviews=1, link=f"https://crm.example.com/customers/{golden.id}", language="en", verified=True, possible=0,
    )  # fmt: skip


def _event(utm: Open) -> ChatAccepted:
    visit = Visit(
        url="https://shop.example.com/basket", title="Basket", utm=utm, country_code="TR", country="Turkey",
        region="İzmir", city="İzmir",
    )  # fmt: skip
    return ChatAccepted(
        event_name="chat_accepted", department="Sales", topic="Delivery", organization="Example", status="Lead",
        tags=("regular",), agents=(Agent(id="1", name="Elif", email="elif@example.com"),), visit=visit,
        visitor=Visitor(name="Ayşe", email=_EMAIL, phone=_PHONE, number="12"),
    )  # fmt: skip
