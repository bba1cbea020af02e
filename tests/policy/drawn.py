"""Drawn: rules at random, the policy.toml that says the same, and claims at random."""

from __future__ import annotations

import json
from collections.abc import Iterable

from hypothesis import strategies as st

from jivod.model.claim import (
    ATTRIBUTE_PREFIX,
    CLEARED_PREFIX,
    IMPORT,
    NAME,
    OPERATOR,
    PRIMARY_PREFIX,
    SOURCES,
    TAG,
    Claim,
)
from jivod.model.contact import EMAIL, KINDS, PHONE
from jivod.policy.attribute import NAMED
from jivod.policy.rules import DEFAULT, ON_CONFLICT, TIES, UNVERIFIED, Rules, bare, folded

_WORD = st.text("abcdefghijklmnopqrstuvwxyzçğışöüйж", min_size=1, max_size=8)
_LOCAL = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
_SOURCES = st.permutations(SOURCES).map(tuple)
attributes = st.sampled_from(NAMED) | st.text(min_size=1, max_size=8).map(lambda name: ATTRIBUTE_PREFIX + name)
tokens = st.text(min_size=1, max_size=8).map(bare).filter(lambda token: token and bare(token) == token)
emails = st.builds("{}@{}".format, _LOCAL, st.sampled_from(["example.com", "example.org", "*"]))
phones = st.integers(0, 999_999).map(lambda n: f"+90532{1000000 + n}")
names = st.lists(_WORD, min_size=1, max_size=3).map(lambda words: folded(" ".join(words)))

BALANCE = ATTRIBUTE_PREFIX + "Balance"
LATER = 99  # after every claim that is drawn
_TIMES = st.integers(0, 4)


def _claims(attributes: Iterable[str], values: Iterable[str], sources: Iterable[str]) -> st.SearchStrategy[Claim]:
    return st.builds(
        lambda attribute, value, source, raw, at, later, seq: Claim(attribute, value, source, raw, at, at + later, seq),
        st.sampled_from(list(attributes)),
        st.sampled_from(list(values)),
        st.sampled_from(list(sources)),
        st.sampled_from(["", "A", "B"]),
        _TIMES,
        _TIMES,
        st.integers(1, 4),
    )


HELD = (EMAIL, PHONE, NAME, TAG, BALANCE)
evidence = _claims(HELD, "abc", SOURCES)
decisions = _claims(
    [CLEARED_PREFIX + attribute for attribute in HELD], ["a", "b", "c", ""], [OPERATOR, IMPORT]
) | _claims([PRIMARY_PREFIX + EMAIL, PRIMARY_PREFIX + PHONE], "abc", [OPERATOR])
claims = evidence | evidence | decisions
groups = st.lists(claims, max_size=10)


def decided(attribute: str, value: str, at: int = LATER) -> Claim:
    """What an operator decided at `at`."""
    return Claim(attribute, value, OPERATOR, "", at, at, at)


def _added(values: st.SearchStrategy[str], built_in: frozenset[str], keep: bool) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(values, max_size=3).map(lambda more: more | built_in if keep else more)


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    """Any rules that a file can say."""
    keep = draw(st.booleans())
    return Rules(
        kinds=tuple(draw(st.permutations(KINDS))),
        sources=draw(_SOURCES),
        too_common=draw(st.integers(2, 1_000_000)),
        blocked_tokens=draw(_added(tokens, DEFAULT.blocked_tokens, keep)),
        blocked_emails=draw(_added(emails, DEFAULT.blocked_emails, keep)),
        blocked_phones=draw(st.frozensets(phones, max_size=3)),
        placeholder_names=draw(_added(names, DEFAULT.placeholder_names, True)),
        limits=frozenset((kind, draw(st.integers(1, 1_000_000))) for kind in KINDS),
        on_conflict=draw(st.sampled_from(ON_CONFLICT)),
        unverified=draw(st.sampled_from(UNVERIFIED)),
        merges_per_hour=draw(st.integers(0, 1_000_000)),
        merges_per_customer=draw(st.integers(0, 1_000_000)),
        token_max_age=draw(st.integers(1, 86400 * 365)),
        ranks=frozenset(draw(st.dictionaries(attributes, _SOURCES, max_size=3)).items()),
        ties=frozenset(draw(st.dictionaries(attributes, st.sampled_from(TIES), max_size=3)).items()),
    )


def written(found: Rules) -> str:
    """The policy.toml that says `found`."""
    keep = found.blocked_tokens >= DEFAULT.blocked_tokens and found.blocked_emails >= DEFAULT.blocked_emails
    basis = DEFAULT if keep else Rules(blocked_tokens=frozenset(), blocked_emails=frozenset())
    lines = [
        "[identity]",
        f"kinds = {_list(found.kinds)}",
        f"too_common = {found.too_common}",
        f'on_conflict = "{found.on_conflict}"',
        f'unverified = "{found.unverified}"',
        f"merges_per_hour = {found.merges_per_hour}",
        f"merges_per_customer = {found.merges_per_customer}",
        f"token_max_age = {found.token_max_age}",
        "[identity.limits]",
        *(f"{kind} = {number}" for kind, number in found.limits),
        "[blocked]",
        f"keep_builtin = {'true' if keep else 'false'}",
        f"tokens = {_list(found.blocked_tokens - basis.blocked_tokens)}",
        f"emails = {_list(found.blocked_emails - basis.blocked_emails)}",
        f"phones = {_list(found.blocked_phones)}",
        "[survivorship]",
        f"sources = {_list(found.sources)}",
        f"placeholder_names = {_list(found.placeholder_names - DEFAULT.placeholder_names)}",
    ]
    for attribute in sorted({name for name, _ in found.ranks} | {name for name, _ in found.ties}):
        lines.append(f"[survivorship.attributes.{_text(attribute)}]")
        lines += [f"sources = {_list(sources)}" for name, sources in found.ranks if name == attribute]
        lines += [f"tie = {_text(tie)}" for name, tie in found.ties if name == attribute]
    return "\n".join(lines) + "\n"


def _list(values: Iterable[str]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"


def _text(value: str) -> str:
    """JSON's text is TOML's, but for DEL and for characters beyond the plane, which JSON writes as two halves."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
