"""Explain: in which rules a policy differs from the default, one sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from jivod.model.claim import (
    ASSIGNED_AGENT,
    ATTRIBUTE_PREFIX,
    DESCRIPTION,
    IMPORT,
    NAME,
    OPERATOR,
    ORGANIZATION,
    PROFILE,
    REVISED,
    SOCIAL,
    STATUS,
    TAG,
    VERIFIED,
    VISITOR_TYPED,
)
from jivod.model.contact import EMAIL, KINDS, PHONE, TOKEN, VERIFIED_TOKEN, VISITOR
from jivod.policy.rules import CLAIM, DEFAULT, FIND, MERGE, NEWEST, OLDEST, REVIEW, STRONGEST, Rules
from jivod.strict.table import shown

_KIND = {  # with an article, without, several
    VERIFIED_TOKEN: ("a signed token", "signed token", "signed tokens"),
    TOKEN: ("a token", "token", "tokens"),
    EMAIL: ("an e-mail", "e-mail", "e-mails"),
    PHONE: ("a phone", "phone", "phones"),
    VISITOR: ("a browser", "browser", "browsers"),
}
_SOURCE = {
    OPERATOR: "decided by an operator",
    IMPORT: "imported",
    VERIFIED: "that came with a signed token",
    REVISED: "corrected during the chat",
    VISITOR_TYPED: "typed by the visitor",
    PROFILE: "from a messenger's profile",
}
_ATTRIBUTE = {
    **{kind: several for kind, (_, _, several) in _KIND.items()},
    NAME: "the name",
    DESCRIPTION: "the description",
    ORGANIZATION: "the organization",
    STATUS: "the status",
    ASSIGNED_AGENT: "the assigned agent",
    TAG: "tags",
    SOCIAL: "social profiles",
}
_CONFLICT = {
    REVIEW: "opens a review",
    MERGE: "is merged with the one that was found",
    STRONGEST: "is passed over without a review",
}
_UNVERIFIED = {
    FIND: "finds its customer",
    CLAIM: "finds nobody, the agent sees a possible match",
}
_FIRST, _LAST = "seen first", "seen last"
_TIE = {OLDEST: (_FIRST, _LAST), NEWEST: (_LAST, _FIRST)}
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_LISTED = 5  # values that are named; the rest are counted


def explain(rules: Rules) -> list[str]:
    """One sentence per rule that differs from DEFAULT; [] where nothing does."""
    return [*_identity(rules), *_blocked(rules), *_survivorship(rules)]


def _identity(rules: Rules) -> Iterator[str]:
    if rules.kinds != DEFAULT.kinds:
        yield _kinds(rules.kinds)
    if rules.too_common != DEFAULT.too_common:
        usual = f"default {DEFAULT.too_common}"
        yield f"A key known with {rules.too_common} customers or more no longer decides ({usual})."
    for kind in KINDS:
        if rules.limit(kind) != DEFAULT.limit(kind):
            what = _counted(rules.limit(kind), *_KIND[kind][1:])
            yield f"A customer may hold at most {what} (default {DEFAULT.limit(kind)})."
    if rules.on_conflict != DEFAULT.on_conflict:
        usual = f"default: {_CONFLICT[DEFAULT.on_conflict]}"
        yield f"Another customer to whom a weaker key points {_CONFLICT[rules.on_conflict]} ({usual})."
    if rules.unverified != DEFAULT.unverified:
        usual = f"default: {_UNVERIFIED[DEFAULT.unverified]}"
        yield f"A typed e-mail or phone that nobody verified {_UNVERIFIED[rules.unverified]} ({usual})."
    yield from _brake(rules)
    if rules.token_max_age != DEFAULT.token_max_age:
        usual = f"default {_duration(DEFAULT.token_max_age)}"
        yield f"A signed token is good for {_duration(rules.token_max_age)} ({usual})."


def _brake(rules: Rules) -> Iterator[str]:
    pairs = (
        (rules.merges_per_hour, DEFAULT.merges_per_hour, "in an hour"),
        (rules.merges_per_customer, DEFAULT.merges_per_customer, "into one customer"),
    )
    for number, usual, where in pairs:
        if number != usual:
            most = f"At most {_counted(number, 'merge is', 'merges are')}" if number else "No merge is"
            yield f"{most} made {where} without a person (default {usual})."


def _blocked(rules: Rules) -> Iterator[str]:
    tables = (
        ("token", rules.blocked_tokens, DEFAULT.blocked_tokens),
        ("e-mail", rules.blocked_emails, DEFAULT.blocked_emails),
        ("phone", rules.blocked_phones, DEFAULT.blocked_phones),
    )
    for what, values, usual in tables:
        if more := values - usual:
            verb = _counted(len(more), f"more {what} is", f"more {what}s are")
            yield f"{verb} blocked: {_list(more)}."
        if less := usual - values:
            verb = _counted(len(less), f"built-in {what} is", f"built-in {what}s are")
            yield f"{verb} not blocked: {_list(less)}."


def _survivorship(rules: Rules) -> Iterator[str]:
    if rules.sources != DEFAULT.sources:
        yield _sources(rules.sources)
    for attribute, sources in sorted(rules.ranks):
        if sources != rules.sources:
            order = ", then ".join(_SOURCE[source] for source in sources)
            yield f"For {_named(attribute)}, values win in an order of their own: {order}."
    for attribute, tie in sorted(rules.ties):
        if tie != DEFAULT.tie_of(attribute):
            here, usual = _TIE[tie]
            yield f"For {_named(attribute)}, of two values of equal rank the one {here} wins (default: {usual})."
    if more := rules.placeholder_names - DEFAULT.placeholder_names:
        yield f"{_counted(len(more), 'more name says', 'more names say')} nothing: {_list(more)}."
    if less := DEFAULT.placeholder_names - rules.placeholder_names:
        yield f"{_counted(len(less), 'built-in name says', 'built-in names say')} something: {_list(less)}."


def _kinds(kinds: Sequence[str]) -> str:
    steps = _steps(kinds, DEFAULT.kinds)
    if len(steps) != 1:
        return f"Keys decide in this order: {', then '.join(_KIND[kind][0] for kind in kinds)}."
    stronger, weaker = steps[0]
    return f"{_sentence(_KIND[stronger][0])} decides before {_KIND[weaker][0]}."


def _sources(sources: Sequence[str]) -> str:
    steps = _steps(sources, DEFAULT.sources)
    if len(steps) != 1:
        return f"Values win in this order: {', then '.join(_SOURCE[source] for source in sources)}."
    stronger, weaker = steps[0]
    return f"A value {_SOURCE[stronger]} beats one {_SOURCE[weaker]}."


def _steps(order: Sequence[str], usual: Sequence[str]) -> list[tuple[str, str]]:
    """The neighbours in `order` that stand the other way round in `usual`. Together the two tell all of it."""
    return [(a, b) for a, b in pairwise(order) if usual.index(a) > usual.index(b)]


def _named(attribute: str) -> str:
    own = attribute.removeprefix(ATTRIBUTE_PREFIX)
    return _ATTRIBUTE.get(attribute, attribute) if own == attribute else f"the attribute {shown(own)}"


def _list(values: Iterable[str]) -> str:
    ordered = sorted(values)
    more = f" and {len(ordered) - _LISTED} more" if len(ordered) > _LISTED else ""
    return ", ".join(ordered[:_LISTED]) + more


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _duration(seconds: int) -> str:
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return _counted(seconds // size, unit, unit + "s")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
