"""Victim: a customer of whom the company, an operator and a signed token have spoken, and what may never change of him.

`account`: his own has a channel whose site signs its tokens, and another whose site does not.
"""

from __future__ import annotations

from typing import Any

import orjson
from attrs import define, field, frozen

from jivod.flow import steward
from jivod.flow.ingest import Ingested
from jivod.flow.people import People
from jivod.flow.portrait import portrait
from jivod.model.answer import Row
from jivod.model.claim import IMPORT, OPERATOR, VERIFIED, is_union
from jivod.model.contact import EMAIL
from jivod.model.entry import Origin
from jivod.model.written import VERIFIED as WHEN_VERIFIED
from jivod.model.written import RowDraft, Written
from jivod.policy import front, reply
from jivod.policy.identity import NEW
from jivod.policy.reply import Panel
from jivod.policy.signature import check, looks_signed
from jivod.policy.view import Scene
from jivod.wire import jivo
from tests.flow import imports
from tests.flow.world import World, accepted, finished
from tests.policy.test_signature import DAY, KEY, T, v1

SIGNING = Origin(channel="club", account="main", region="TR")
PLAIN = Origin(channel="shop", account="main", region="TR")
ELSEWHERE = Origin(channel="branch", account="branch", region="TR")

MAIL, PHONE_NUMBER, NAME, ID, NUMBER = "victim@example.com", "+905551112233", "Veli Kurban", "u1", 41
PLAIN_ID = "crm-1"  # in the company's own data: what a site that signs nothing gives to setUserToken
CHATS = ("v1", "v2", "v3", "v4", "v5")
SECRETS = ("IBAN-TR-77", "4242 points", "prefers the side door")  # what only a verified row may show
CLAIMING = '[identity]\nunverified = "claim"\n'
_STRONG = frozenset((OPERATOR, IMPORT, VERIFIED))


def _draft(content: str) -> RowDraft:
    return RowDraft(
        content=Written(content, "jivod.toml:1"), when=WHEN_VERIFIED, title=Written("Private", "jivod.toml:2")
    )


ROWS = front.prepare(
    [_draft("{{ attributes.Account }}"), _draft("{{ attributes.Points }}"), _draft("{{ customer.description }}")],
    None, (), "en", lambda: 0.0,
).rows  # fmt: skip


@frozen
class Shown:
    """An answer, as bytes, with the rows for verified customers where they are open."""

    done: Ingested
    answer: bytes

    @property
    def is_verified(self) -> bool:
        return isinstance(self.done.shown, Panel) and self.done.shown.verified

    @property
    def is_new(self) -> bool:
        return isinstance(self.done.shown, Panel) and self.done.shown.rule == NEW


@define(eq=False)
class Scenario:
    """A world in which there is the victim, and another customer who was proven: `tell` is what reaches a channel.

    Not `populated`: there is nobody.
    """

    policy: str = ""
    populated: bool = True
    world: World = field(factory=lambda: World(clock=T * 1000))
    victim: str = ""
    other: str = ""

    def __attrs_post_init__(self) -> None:
        if self.policy:
            self.world.adopt(self.policy)
        if self.populated:
            self._populate()

    def _populate(self) -> None:
        known: dict[str, Any] = {"name": NAME, "email": MAIL, "phone": PHONE_NUMBER, "number": NUMBER}
        for chat in CHATS:
            self.tell(accepted(chat, token=v1(ID), **known), SIGNING)
            self.tell(finished(chat, token=v1(ID), **known), SIGNING)
        other = accepted("o1", token=v1("u2"), email="other@example.com", number=42)
        self.other = self.tell(other, SIGNING).done.customer or ""
        row = {"email": MAIL, "id": PLAIN_ID, "attr:Account": SECRETS[0], "attr:Points": SECRETS[1], "tag": "vip"}
        imports.run(self.world, [row, {"signed_id": "u2", "name": "Other", "attr:Account": "O-1"}])
        (victim,) = self.world.find(MAIL)
        self.victim = victim.id
        self.world.decide(steward.edit, self.victim, "description", SECRETS[2])
        self.world.decide(steward.confirm, self.victim, EMAIL, MAIL)

    def tell(self, body: dict[str, Any], origin: Origin) -> Shown:
        """One event, its token judged as the door does it."""
        token = body.get("user_token")
        signed = origin == SIGNING and isinstance(token, str) and looks_signed(token)
        verdict = check(token, KEY, self.world.clock, DAY) if signed and isinstance(token, str) else ""
        done = self.world.tell(body, origin=origin, signature=verdict)
        if not isinstance(done.shown, Panel):
            return Shown(done, jivo.write(done.answer))
        own = _private_rows(done.shown, body, origin)
        return Shown(done, jivo.write(reply.answer(done.shown, own)))

    def proven_answer(self, chat: str) -> Any:
        """What the agent sees when the victim himself comes with his signed token: contacts, and the private rows."""
        body = accepted(chat, token=v1(ID), number=NUMBER)
        shown = self.tell(body, SIGNING)
        assert shown.is_verified and isinstance(shown.done.shown, Panel)
        return reply.contact_info(shown.done.shown.golden), _private_rows(shown.done.shown, body, SIGNING)

    def displayed(self, id: str) -> dict[str, Any]:
        """What the page shows that more than a visitor's word speaks for: the value that stands first, all that is
        verified, what is proven.
        """
        golden = self.world.golden(id)
        read = self.world.ask(lambda txn: portrait(txn, People(txn), golden.id, self.world.desk.rules))
        found: dict[str, Any] = {"verified": golden.verified, "contacts": golden.verified_contacts}
        for fact in read.facts:
            if fact.shown is not None and fact.shown.source in _STRONG:
                found[fact.attribute] = (fact.shown.value, fact.shown.sources[0], fact.shown.verified)
        for attribute, values in read.several.items():
            assert is_union(attribute)
            found[attribute] = [(v.value, v.source, v.verified) for v in values if v.source in _STRONG]
        first = (*golden.emails[:1], *golden.phones[:1])
        found["first"] = [value for value in first if golden.sources[value] in _STRONG]
        return found


def _private_rows(panel: Panel, body: dict[str, Any], origin: Origin) -> tuple[Row, ...]:
    scene = Scene(panel=panel, event=jivo.read(orjson.dumps(body)).event, origin=origin)
    return ROWS.fill(scene, {})[0]
