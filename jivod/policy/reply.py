"""Reply: what the agent sees: contacts, who this is and why, what differs or is in doubt, the chats so far, a link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from jivod.model.answer import ROWS_MAX, Answer, ContactInfo, Row
from jivod.model.chat import Chat
from jivod.model.contact import EMAIL, PHONE
from jivod.model.customer import GoldenRecord
from jivod.model.value import frozen
from jivod.policy.identity import NEW
from jivod.policy.phrases import phrase

_DAY = 86_400_000  # ms
_SETTLE = "#contested"  # where on the customer's page doubts about values are settled

SHOWN_FACTS = ("agent", "department", "topic", "rate")


@frozen(kw_only=True)
class Panel:
    """What the rows are made of. `key_kind`: the kind of key that found the customer, None where the chat itself did.

    `given`: contacts the visitor gave in this event, by kind. `last_chat`: the one before this. `verified`: the event
    itself is proven to be the customer's own. `possible`: how many other customers a contact that was only typed points
    to, where the policy lets it find nobody.
    """

    golden: GoldenRecord
    rule: str
    key_kind: str | None
    given: dict[str, tuple[str, ...]]
    last_chat: Chat | None
    open_reviews: int
    link: str
    language: str
    verified: bool
    possible: int


def answer(panel: Panel, own: tuple[Row, ...] = ()) -> Answer:
    """The full answer for a known or new customer. The most important rows come first: Jivo shows no more than ten.

    `own` are those of the operator: before all but who this is, and yet none of them hides a doubt.
    """
    golden = panel.golden
    doubts = _possible(panel)
    doubts += _differing(panel, PHONE, "phones", golden.phones)
    doubts += _differing(panel, EMAIL, "emails", golden.emails)
    doubts += [*_contested(panel), *_reviews(panel)]
    rows = [_who(panel), *own[: ROWS_MAX - 1 - len(doubts)], *doubts, _chats(panel), *_last_chat(panel)]
    return Answer(
        contact_info=contact_info(golden), rows=tuple(rows[:ROWS_MAX]), crm_link=panel.link, enable_assign=True
    )


def stranger(language: str) -> Answer:
    """The answer where nobody could be recognised: the agent may still tie the visitor to a card."""
    return Answer(rows=(Row(content=phrase("nobody", language)),), enable_assign=True)


def contact_info(golden: GoldenRecord) -> ContactInfo:
    """Only what is known; Jivo's own copy is overwritten by it."""
    return ContactInfo(
        name=golden.name,
        email=golden.emails[0] if golden.emails else None,
        phone=golden.phones[0] if golden.phones else None,
        description=golden.description,
    )


def is_new(panel: Panel) -> bool:
    """Nobody knew this customer before."""
    return panel.rule == NEW and panel.golden.chats <= 1


def _who(panel: Panel) -> Row:
    say = _speaker(panel.language)
    if is_new(panel):
        parts = [panel.golden.name, say("new")]
    else:
        why = f"by_{panel.key_kind}" if panel.key_kind else "by_subject"
        parts = [panel.golden.name, say("since", date=_day(panel.golden.created_at)), say(why)]
        parts += [] if panel.verified else [say("unverified")]
    return Row(title=say("customer"), content=" · ".join(p for p in parts if p), link=panel.link)


def _chats(panel: Panel) -> Row:
    return Row(title=phrase("chats", panel.language), content=str(panel.golden.chats))


def _last_chat(panel: Panel) -> list[Row]:
    chat = panel.last_chat
    if chat is None:
        return []
    facts = {c.attribute: c.value for c in chat.facts}
    parts = [_day(chat.at), *(facts[a] for a in SHOWN_FACTS if a in facts)]
    return [Row(title=phrase("last_chat", panel.language), content=" · ".join(parts))]


def _differing(panel: Panel, kind: str, title: str, known: tuple[str, ...]) -> list[Row]:
    """The visitor gave another number than the one that stands first: the agent sees both."""
    given = [v for v in panel.given.get(kind, ()) if v in known and v != known[0]]
    if not given:
        return []
    content = phrase("both_kept", panel.language, known=known[0], given=", ".join(given))
    return [Row(title=phrase(title, panel.language), content=content, link=panel.link + _SETTLE)]


def _contested(panel: Panel) -> list[Row]:
    if not panel.golden.contested:
        return []
    values = ", ".join(dict.fromkeys([c.value for c in panel.golden.contested]))
    content = phrase("also_said", panel.language, value=values)
    return [Row(title=phrase("contested", panel.language), content=content, link=panel.link + _SETTLE)]


def _possible(panel: Panel) -> list[Row]:
    """How many, and nothing of who they are: the visitor may have typed anybody's e-mail."""
    return [_count(panel, "possible", panel.possible)] if panel.possible else []


def _reviews(panel: Panel) -> list[Row]:
    """Not once more what stands as a possible match already."""
    return [_count(panel, "review", panel.open_reviews)] if panel.open_reviews > panel.possible else []


def _count(panel: Panel, what: str, count: int) -> Row:
    content = phrase(f"{what}_count", panel.language, count=str(count))
    return Row(title=phrase(what, panel.language), content=content, link=panel.link)


def _speaker(language: str) -> Callable[..., str]:
    return lambda name, **values: phrase(name, language, **values)


def _day(at: int) -> str:
    return _date(at // _DAY)


@lru_cache(maxsize=1024)
def _date(days: int) -> str:
    return datetime.fromtimestamp(days * _DAY // 1000, UTC).date().isoformat()
