"""View: what the operator's templates may name, as plain tables. A value that is not known is not there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from jivod.model.contact import EMAIL, PHONE
from jivod.model.customer import GoldenRecord
from jivod.model.entry import Origin
from jivod.model.event import Event
from jivod.model.value import frozen
from jivod.policy.reply import SHOWN_FACTS, Panel, is_new

MOST = 200  # values of a kind: a template may go through them all
Table = dict[str, Any]
Looked = Mapping[str, str | int | float | bool]
"""What another CRM knows of the customer, by the names that the operator gave it."""


@frozen(kw_only=True)
class Scene:
    """One answer to be given: what the store says, what came in and where."""

    panel: Panel
    event: Event
    origin: Origin


def names(scene: Scene, wanted: Collection[str], looked: Looked) -> Table:
    """The tables that are `wanted`; of `lookup` what was `looked` up. There is no last chat before there is one."""
    found: Table = {name: make(scene) for name, make in _TABLES.items() if name in wanted}
    if "lookup" in wanted:
        found["lookup"] = dict(looked)
    return {name: table for name, table in found.items() if table is not None}


def _customer(scene: Scene) -> Table:
    golden = scene.panel.golden
    return _known(
        id=golden.id,
        name=golden.name,
        email=_first(golden.emails),
        phone=_first(golden.phones),
        emails=golden.emails,
        phones=golden.phones,
        verified_email=_proven(golden, golden.emails),
        verified_phone=_proven(golden, golden.phones),
        token=_first(golden.tokens),
        description=golden.description,
        tags=golden.tags[:MOST],
        social=golden.social[:MOST],
        since=_date(golden.created_at),
        seen=_date(golden.seen_at),
        verified=scene.panel.verified,
        contested=bool(golden.contested),
        new=is_new(scene.panel),
        link=scene.panel.link,
    )


def _attributes(scene: Scene) -> Table:
    return _few(scene.panel.golden.attributes)


def _last_chat(scene: Scene) -> Table | None:
    chat = scene.panel.last_chat
    if chat is None:
        return None
    facts = {c.attribute: c.value for c in chat.facts}
    return _known(date=_date(chat.at), **{fact: facts.get(fact) for fact in SHOWN_FACTS})


def _counts(scene: Scene) -> Table:
    golden = scene.panel.golden
    return {
        "chats": golden.chats,
        "emails": len(golden.emails),
        "phones": len(golden.phones),
        "contested": len(golden.contested),
        "reviews": scene.panel.open_reviews,
        "possible": scene.panel.possible,
    }


def _channel(scene: Scene) -> Table:
    origin = scene.origin
    return _known(name=origin.channel, account=origin.account, region=origin.region, site=origin.site)


def _event(scene: Scene) -> Table:
    event, visitor = scene.event, scene.event.visitor
    agent, visit = (event.agents[-1] if event.agents else None), event.visit
    return _known(
        name=event.event_name,
        department=event.department,
        topic=event.topic,
        organization=event.organization,
        status=event.status,
        tags=event.tags[:MOST],
        agent=agent and agent.name,
        agent_email=agent and agent.email,
        visitor_name=visitor.name,
        visitor_email=visitor.email,
        visitor_phone=visitor.phone,
        visitor_number=visitor.number,
        given_email=_first(scene.panel.given.get(EMAIL, ())),
        given_phone=_first(scene.panel.given.get(PHONE, ())),
        page=visit and visit.url,
        page_title=visit and visit.title,
        city=visit and visit.city,
        region=visit and visit.region,
        country=visit and visit.country,
        country_code=visit and visit.country_code,
        utm=_few(visit.utm) if visit else {},
    )


_TABLES: dict[str, Callable[[Scene], Table | None]] = {
    "customer": _customer,
    "attributes": _attributes,
    "last_chat": _last_chat,
    "counts": _counts,
    "channel": _channel,
    "event": _event,
}
ROOTS = (*_TABLES, "lookup")


def _known(**values: Any) -> Table:
    return {name: value for name, value in values.items() if value is not None and value != ""}


def _few(values: Table) -> Table:
    return values if len(values) <= MOST else dict(islice(values.items(), MOST))


def _first(values: tuple[str, ...]) -> str | None:
    return values[0] if values else None


def _proven(golden: GoldenRecord, values: tuple[str, ...]) -> str | None:
    return next((value for value in values if value in golden.verified_contacts), None)


def _date(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()
