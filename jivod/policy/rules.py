"""Rules: every choice the policy leaves open, as one frozen value. The defaults are the ones the design argues for."""

from __future__ import annotations

import re
import sys

from attrs import field, frozen

from jivod.model.claim import SOURCES
from jivod.model.contact import EMAIL, KINDS, PHONE, TOKEN, VERIFIED_TOKEN, VISITOR
from jivod.policy.attribute import is_union

OLDEST, NEWEST = "oldest", "newest"
TIES = (OLDEST, NEWEST)
REVIEW, MERGE, STRONGEST = "review", "merge", "strongest"
ON_CONFLICT = (REVIEW, MERGE, STRONGEST)
FIND, CLAIM = "find", "claim"
UNVERIFIED = (FIND, CLAIM)
NO_LIMIT = sys.maxsize

_BLOCKED_TOKENS = (
    "0 -1 1 nan null none nil undefined unknown anonymous guest visitor user test true false default token "
    "user_token id [objectobject] {} [] 3c077929b8_12175 herhangi_bir_veri link|no|herhangi_bir_veri"
)
_BLOCKED_EMAILS = (
    "noreply@* no-reply@* donotreply@* do-not-reply@* mailer-daemon@* postmaster@* null@* none@* undefined@* "
    "test@test.com a@a.com email@email.com mail@mail.com"
)
_PLACEHOLDER_NAMES = (
    "guest visitor client customer anonymous unknown user ziyaretçi misafir müşteri клиент гость посетитель покупатель "
    "cliente visitante invitado convidado anônimo anónimo"
)
_LIMITS = frozenset({(VERIFIED_TOKEN, 50), (TOKEN, 50), (EMAIL, 50), (PHONE, 50), (VISITOR, 500)})
_QUOTES_AND_BLANKS = re.compile(r"[\s\"'`]+")


_ONE_I = str.maketrans({"İ": "i", "I": "i", "ı": "i"})


def folded(text: str) -> str:
    """Text as names are compared: without case, the four letters i of Turkish being one."""
    return text.translate(_ONE_I).casefold()


def bare(token: str) -> str:
    """A token as the blocked ones are compared: without case, quotes and white space."""
    return _QUOTES_AND_BLANKS.sub("", token).casefold()


@frozen(kw_only=True)
class Rules:
    """The policy in force.

    Who is it: `kinds` are ranked, strongest first. A key known with `too_common` customers no longer decides. `limits`
    are pairs (kind, how many values of it one customer may hold). `on_conflict` is one of ON_CONFLICT, `unverified`
    one of UNVERIFIED. Beyond `merges_per_hour` and `merges_per_customer` nobody is merged without a person. A signed
    token is good for `token_max_age` seconds.
    Never a key: `blocked_emails` may say `local@*`, `blocked_tokens` are `bare`, `blocked_phones` E.164.
    Which value wins: `sources` are ranked, most trusted first; `ranks` are pairs (attribute, another such order),
    `ties` pairs (attribute, one of TIES: which of two values of one rank wins). `placeholder_names` are `folded`.
    """

    kinds: tuple[str, ...] = KINDS
    sources: tuple[str, ...] = SOURCES
    too_common: int = 5
    blocked_tokens: frozenset[str] = frozenset(_BLOCKED_TOKENS.split())
    blocked_emails: frozenset[str] = frozenset(_BLOCKED_EMAILS.split())
    placeholder_names: frozenset[str] = frozenset(folded(_PLACEHOLDER_NAMES).split())
    blocked_phones: frozenset[str] = frozenset()
    limits: frozenset[tuple[str, int]] = _LIMITS
    on_conflict: str = REVIEW
    unverified: str = FIND
    merges_per_hour: int = 60
    merges_per_customer: int = 25
    token_max_age: int = 86400
    ranks: frozenset[tuple[str, tuple[str, ...]]] = frozenset()
    ties: frozenset[tuple[str, str]] = frozenset()
    # The same once more as tables: these are asked for every claim that is sorted.
    _limit_of: dict[str, int] = field(init=False, eq=False, repr=False)
    _tie_of: dict[str, str] = field(init=False, eq=False, repr=False)
    _sources_of: dict[str, tuple[str, ...]] = field(init=False, eq=False, repr=False)
    _rank: dict[str, int] = field(init=False, eq=False, repr=False)
    _rank_of: dict[str, dict[str, int]] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        tables = {
            "_limit_of": dict(self.limits),
            "_tie_of": dict(self.ties),
            "_sources_of": dict(self.ranks),
            "_rank": _numbered(self.sources),
            "_rank_of": {attribute: _numbered(sources) for attribute, sources in self.ranks},
        }
        for name, table in tables.items():
            object.__setattr__(self, name, table)

    def strength(self, kind: str) -> int:
        """The rank of a kind of key: 0 is strongest."""
        return self.kinds.index(kind)

    def limit(self, kind: str) -> int:
        """How many values of this kind one customer may hold."""
        return self._limit_of.get(kind, NO_LIMIT)

    def sources_of(self, attribute: str) -> tuple[str, ...]:
        """The sources as they rank for this attribute, most trusted first."""
        return self._sources_of.get(attribute, self.sources)

    def rank(self, attribute: str, source: str) -> int:
        """The rank of a source for this attribute: 0 is most trusted."""
        return self._rank_of.get(attribute, self._rank)[source]

    def tie_of(self, attribute: str) -> str:
        """Which of two values of one rank wins: the one seen first (OLDEST) or last (NEWEST)."""
        return self._tie_of.get(attribute) or (OLDEST if is_union(attribute) else NEWEST)


def _numbered(sources: tuple[str, ...]) -> dict[str, int]:
    return {source: rank for rank, source in enumerate(sources)}


DEFAULT = Rules()
