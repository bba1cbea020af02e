"""Evidence: what one event says about a person, as contacts (keys with their typed form) and claims."""

from __future__ import annotations

from attrs import evolve

from jivod.model.card import Pair
from jivod.model.chat import Agent
from jivod.model.claim import (
    ASSIGNED_AGENT,
    ATTRIBUTE_PREFIX,
    DESCRIPTION,
    NAME,
    ORGANIZATION,
    PROFILE,
    REFUSED_PREFIX,
    REVISED,
    SOCIAL,
    STATUS,
    TAG,
    VISITOR_TYPED,
    Claim,
)
from jivod.model.contact import Contact, Key
from jivod.model.entry import Origin
from jivod.model.event import CallEvent, ChatUpdated, ClientAttributeUpdated, ClientUpdated, Event
from jivod.model.value import frozen
from jivod.policy import contact
from jivod.policy.rules import Rules


@frozen(kw_only=True)
class Evidence:
    """`keys` may decide, in the order of the event; `dropped` may not, each with the reason in words; `claims` hold
    all values.
    """

    keys: tuple[Key, ...]
    dropped: tuple[tuple[Key, str], ...]
    claims: tuple[Claim, ...]


def gather(event: Event, origin: Origin, *, at: int, seq: int, rules: Rules, echoes: frozenset[Pair]) -> Evidence:
    """Everything the event says. `echoes` are values that Jivo has from us: their return is no claim of anybody's, but
    as a key it still decides and denies like any other.
    """
    contacts = _contacts(event, origin, rules)
    source = _source(event)
    said = [(_attribute(c), c.key.value, source, c.raw) for c in contacts]
    said += [(NAME, v, _profile_source(event, source), raw) for v, raw in _one_line(event.visitor.name)]
    said += [(attribute, value, source, value) for attribute, value in _facts(event)]
    typed: dict[tuple[str, str, str], str] = {}
    for attribute, value, by, raw in said:
        if (attribute, value) not in echoes:
            typed.setdefault((attribute, value, by), "" if raw == value else raw)
    return Evidence(
        keys=tuple(dict.fromkeys([c.key for c in contacts if not c.refused])),
        dropped=tuple([(c.key, c.refused) for c in contacts if c.refused]),
        claims=tuple([Claim(a, v, by, raw, at, at, seq) for (a, v, by), raw in sorted(typed.items())]),
    )


def without(evidence: Evidence, shared: dict[Key, str]) -> Evidence:
    """The evidence with the `shared` keys dropped from deciding; their claims stay."""
    if not shared:
        return evidence
    kept = tuple(k for k in evidence.keys if k not in shared)
    return evolve(evidence, keys=kept, dropped=evidence.dropped + tuple(sorted(shared.items())))


def _contacts(event: Event, origin: Origin, rules: Rules) -> list[Contact]:
    visitor, visit = event.visitor, event.visit
    country = visit.country_code.upper() if visit and visit.country_code else None
    regions = tuple(dict.fromkeys(r for r in (country, origin.region) if r))
    called = event.call.phone if isinstance(event, CallEvent) else None
    found = contact.tokens(event.user_token, rules)
    found += contact.emails(visitor.email, rules)
    found += contact.phones(called, regions) + contact.phones(visitor.phone, regions)
    found += contact.visitors(origin.account, *_numbers(event))
    return found


def _numbers(event: Event) -> tuple[str | None, ...]:
    if isinstance(event, (ClientUpdated, ClientAttributeUpdated)):
        return event.client_id, event.visitor.number
    return (event.visitor.number or event.client_id,)


def _source(event: Event) -> str:
    return REVISED if isinstance(event, (ChatUpdated, ClientUpdated, ClientAttributeUpdated)) else VISITOR_TYPED


def _profile_source(event: Event, source: str) -> str:
    """A name that comes without any web visit was not typed here: it is the messenger's profile."""
    return PROFILE if source == VISITOR_TYPED and event.visit is None else source


def _attribute(c: Contact) -> str:
    return REFUSED_PREFIX + c.key.kind if c.refused else c.key.kind


def _one_line(text: str | None) -> list[tuple[str, str]]:
    value = " ".join(text.split()) if text else ""
    return [(value, text or "")] if value else []


def _facts(event: Event) -> list[Pair]:
    pairs: list[tuple[str, str | None]] = [
        (DESCRIPTION, event.visitor.description),
        (ORGANIZATION, event.organization),
        (STATUS, event.status),
        (ASSIGNED_AGENT, agent_label(event.assigned_agent)),
    ]
    pairs += [(TAG, tag) for tag in event.tags]
    pairs += [(SOCIAL, url) for url in event.visitor.social]
    if isinstance(event, ClientAttributeUpdated):
        pairs += [(ATTRIBUTE_PREFIX + name, value) for name, value in event.attributes.items()]
    return [(attribute, value) for attribute, value in pairs if value]


def agent_label(agent: Agent | None) -> str | None:
    """How people call an agent: by name, else by e-mail, else by number."""
    return (agent.name or agent.email or agent.id) if agent else None
