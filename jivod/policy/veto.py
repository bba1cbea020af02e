"""Veto: when two sets of keys cannot be one person's. A key decides unless a stronger kind disagrees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jivod.model.contact import TOKEN, VERIFIED_TOKEN, Key
from jivod.policy.rules import Rules

Held = Mapping[str, frozenset[str]]  # kind of key -> values

_TOKENS = (VERIFIED_TOKEN, TOKEN)


def held(keys: Iterable[Key]) -> Held:
    """What an event that brings these keys holds."""
    values: dict[str, frozenset[str]] = {}
    for key in keys:
        values[key.kind] = values.get(key.kind, frozenset()) | {key.value}
    return values


def union(a: Held, b: Held) -> Held:
    """What the two hold together."""
    return {kind: a.get(kind, frozenset()) | b.get(kind, frozenset()) for kind in {*a, *b}}


def denied_by(kind: str, a: Held, b: Held, rules: Rules) -> str | None:
    """The kind stronger than `kind` of which both have values and none in common; None: nothing denies that a key of
    `kind` makes them one.
    """
    return next((stronger for stronger in rules.kinds[: rules.strength(kind)] if _disagree(stronger, a, b)), None)


def tokens_disagree(a: Held, b: Held) -> bool:
    """Whether the two have tokens of one kind and none in common, however weak the policy holds tokens to be."""
    return any(_disagree(kind, a, b) for kind in _TOKENS)


def foreign(keys: Iterable[Key], b: Held) -> tuple[Key, ...]:
    """The tokens among the keys that are not those of `b`: it has others of their kind, and none of these."""
    every = tuple(keys)
    a = held(every)
    return tuple([key for key in every if key.kind in _TOKENS and _disagree(key.kind, a, b)])


def _disagree(kind: str, a: Held, b: Held) -> bool:
    ours, theirs = a.get(kind), b.get(kind)
    return bool(ours and theirs and not ours & theirs)
