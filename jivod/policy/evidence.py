"""Evidence: what one event says about a person, as contacts (keys with their typed form) and claims."""

from __future__ import annotations

from collections.abc import Collection

from attrs import evolve

from jivod.model.card import Pair
from jivod.model.chat import Agent
from jivod.model.claim import (
    ASSIGNED_AGENT,
    ATTRIBUTE_PREFIX,
    DESCRIPTION,
    IMPORT,
    NAME,
    ORGANIZATION,
    PRIMARY_PREFIX,
    PROFILE,
    REFUSED_PREFIX,
    REVISED,
    SOCIAL,
    STATUS,
    TAG,
    VERIFIED,
    VISITOR_TYPED,
    Claim,
)
from jivod.model.contact import EMAIL, PHONE, VERIFIED_TOKEN, VISITOR, Contact, Key
from jivod.model.entry import Entry
from jivod.model.event import CallEvent, ChatUpdated, ClientAttributeUpdated, ClientUpdated, Event, ImportedRow
from jivod.model.value import frozen
from jivod.policy import contact, signature
from jivod.policy.rules import Rules


@frozen(kw_only=True)
class Evidence:
    """`keys` may decide, in the order of the event; `dropped` may not, each with the reason in words; `claims` hold
    all values.
    """

    keys: tuple[Key, ...]
    dropped: tuple[tuple[Key, str], ...]
    claims: tuple[Claim, ...]


def gather(event: Event, entry: Entry, *, at: int, rules: Rules, echoes: frozenset[Pair]) -> Evidence:
    """Everything the event of `entry` says. `echoes` are values that Jivo has from us: their return is no claim of
    anybody's, but as a key it still decides and denies like any other.
    """
    seq, contacts = entry.seq, _contacts(event, entry, rules)
    source = _source(event)
    said = [(_attribute(c), c.key.value, source, c.raw) for c in contacts]
    said += [(NAME, v, _profile_source(event, source), raw) for v, raw in _one_line(event.visitor.name)]
    said += [(attribute, value, source, value) for attribute, value in _facts(event)]
    if isinstance(event, ImportedRow):
        said += [(attribute, value, source, value) for attribute, value in _primaries(contacts)]
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


def refuse(evidence: Evidence, foreign: Collection[Key], why: str) -> Evidence:
    """The evidence with the `foreign` keys refused: they decide nothing, nor are they a key of whose event it is."""
    if not foreign:
        return evidence
    claims = [
        evolve(c, attribute=REFUSED_PREFIX + c.attribute) if Key(c.attribute, c.value) in foreign else c
        for c in evidence.claims
    ]
    return Evidence(
        keys=tuple([key for key in evidence.keys if key not in foreign]),
        dropped=evidence.dropped + tuple([(key, why) for key in sorted(foreign)]),
        claims=tuple(sorted(claims, key=lambda c: c.identity)),
    )


def proven(evidence: Evidence) -> Evidence:
    """The evidence of an event whose signed token is the customer's own: what comes with it is no stranger's word.

    A signed token says who signed in, not that the e-mail beside it is his: until then it is a key like any other. Nor
    does it vouch for the browser: somebody else may sit before it next.
    """
    claims = [
        c if c.attribute == VISITOR else Claim(c.attribute, c.value, VERIFIED, c.raw, c.first_at, c.last_at, c.seq)
        for c in evidence.claims
    ]
    return evolve(evidence, claims=tuple(sorted(claims, key=lambda c: c.identity)))


def _contacts(event: Event, entry: Entry, rules: Rules) -> list[Contact]:
    if isinstance(event, ImportedRow):
        return _imported(event, entry, rules)
    visitor, visit, origin = event.visitor, event.visit, entry.origin
    country = visit.country_code.upper() if visit and visit.country_code else None
    regions = tuple(dict.fromkeys(r for r in (country, origin.region) if r))
    called = event.call.phone if isinstance(event, CallEvent) else None
    found = _tokens(event.user_token, entry.signature, rules) if event.user_token else []
    found += contact.emails(visitor.email, rules)
    found += contact.phones(called, regions, rules) + contact.phones(visitor.phone, regions, rules)
    found += contact.visitors(origin.account, *_numbers(event))
    return found


def _imported(event: ImportedRow, entry: Entry, rules: Rules) -> list[Contact]:
    """The contacts in a row of the company's own data."""
    regions = (entry.origin.region,) if entry.origin.region else ()
    signed = [c for id in event.signed_ids for c in contact.tokens(id, rules)]
    found = [evolve(c, key=Key(VERIFIED_TOKEN, c.key.value)) for c in signed]
    for text in event.ids:
        found += contact.tokens(text, rules)
    for text in event.emails:
        found += contact.emails(text, rules)
    for text in event.phones:
        found += contact.phones(text, regions, rules)
    return found


def _primaries(contacts: list[Contact]) -> list[Pair]:
    """Which e-mail and which phone the company's own data put first."""
    first: dict[str, str] = {}
    for c in contacts:
        if not c.refused and c.key.kind in (EMAIL, PHONE):
            first.setdefault(c.key.kind, c.key.value)
    return [(PRIMARY_PREFIX + kind, value) for kind, value in first.items()]


def _tokens(token: str, verdict: str, rules: Rules) -> list[Contact]:
    """The key in a user_token: the id that was signed, or would be; the signature itself is nobody's business."""
    signed = signature.signed_id(token) if signature.looks_signed(token) else None
    found = contact.tokens(signed or token, rules)
    if not verdict or found[0].refused:
        return found
    if verdict == signature.GOOD:
        return [Contact(key=Key(VERIFIED_TOKEN, c.key.value), raw=c.raw) for c in found]
    return [evolve(c, refused=verdict) for c in found]


def _numbers(event: Event) -> tuple[str | None, ...]:
    if isinstance(event, (ClientUpdated, ClientAttributeUpdated)):
        return event.client_id, event.visitor.number
    return (event.visitor.number or event.client_id,)


def _source(event: Event) -> str:
    if isinstance(event, ImportedRow):
        return IMPORT
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
    if isinstance(event, (ClientAttributeUpdated, ImportedRow)):
        pairs += [(ATTRIBUTE_PREFIX + name, value) for name, value in event.attributes.items()]
    return [(attribute, value) for attribute, value in pairs if value]


def agent_label(agent: Agent | None) -> str | None:
    """How people call an agent: by name, else by e-mail, else by number."""
    return (agent.name or agent.email or agent.id) if agent else None
