"""File: policy.toml, read into Rules and the cases that show what they do. It is taken whole or refused whole.

Every fault is one line, FILE:LINE: what is wrong; what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import frozen

from jivod.model.claim import ATTRIBUTE_PREFIX, SOURCES
from jivod.model.contact import KINDS, VISITOR
from jivod.model.errors import BadConfig
from jivod.policy import spelling
from jivod.policy.attribute import NAMED
from jivod.policy.case import PolicyCase, read_case
from jivod.policy.rules import DEFAULT, ON_CONFLICT, TIES, UNVERIFIED, Rules
from jivod.strict import source
from jivod.strict.table import Reading, Table, meant, shown

_MOST = 1_000_000
_YEARS = 10 * 366 * 86400  # seconds


@frozen(kw_only=True)
class PolicyFile:
    """What a file came to. `name` is the file as errors call it; `warnings` are sentences about what is allowed and yet
    may surprise.
    """

    name: str
    rules: Rules
    cases: tuple[PolicyCase, ...]
    warnings: tuple[str, ...]


def read(path: Path) -> PolicyFile:
    """The policy in a file. BadConfig names every fault, one a line."""
    return _policy(source.read(path, BadConfig))


def parse(text: str, name: str = "policy.toml") -> PolicyFile:
    """The policy in a text that is at hand; `name` is what errors call it. BadConfig as for `read`."""
    return _policy(source.parse(text, Path(name), BadConfig))


def _policy(found: source.Source) -> PolicyFile:
    reading = Reading.of(found)
    top = reading.top
    identity = top.table("identity")
    choices: dict[str, Any] = {
        **_identity(identity),
        "limits": _limits(identity.table("limits")),
        **_blocked(top.table("blocked")),
        **_survivorship(top.table("survivorship")),
    }
    cases = tuple(case for table in top.tables("case") if (case := read_case(table)))
    _warn_of_cases(top, cases)
    reading.settle()
    given = {name: value for name, value in choices.items() if value is not None}
    return PolicyFile(name=str(found.path), rules=Rules(**given), cases=cases, warnings=reading.faults.warnings)


def _identity(table: Table) -> dict[str, Any]:
    kinds = table.order("kinds", KINDS)
    if kinds and kinds[-1] != VISITOR:
        remedy = "put visitor last, unless nobody shares a computer"
        table.warn(("kinds",), f"a browser decides before {kinds[kinds.index(VISITOR) + 1]}", remedy)
    return {
        "kinds": kinds,
        "too_common": table.whole("too_common", 2, _MOST),
        "on_conflict": table.one_of("on_conflict", ON_CONFLICT),
        "unverified": table.one_of("unverified", UNVERIFIED),
        "merges_per_hour": table.whole("merges_per_hour", 0, _MOST),
        "merges_per_customer": table.whole("merges_per_customer", 0, _MOST),
        "token_max_age": table.whole("token_max_age", 1, _YEARS),
    }


def _limits(table: Table) -> frozenset[tuple[str, int]]:
    given = {kind: table.whole(kind, 1, _MOST) for kind in KINDS}
    return frozenset((kind, given[kind] or DEFAULT.limit(kind)) for kind in KINDS)


def _blocked(table: Table) -> dict[str, Any]:
    keep = table.flag("keep_builtin")
    basis = Rules(blocked_tokens=frozenset(), blocked_emails=frozenset()) if keep is False else DEFAULT
    phones = table.texts("phones", spelling.phone) or ()
    for phone in phones:
        if spelling.is_never_a_key(phone):
            table.warn(("phones",), f"{phone} is a service number, which decides nothing anyway", "it may be removed")
    return {
        "blocked_tokens": basis.blocked_tokens.union(table.texts("tokens", spelling.token) or ()),
        "blocked_emails": basis.blocked_emails.union(table.texts("emails", spelling.email_pattern) or ()),
        "blocked_phones": frozenset(phones),
    }


def _survivorship(table: Table) -> dict[str, Any]:
    attributes = table.table("attributes", is_open=True)
    ranks: set[tuple[str, tuple[str, ...]]] = set()
    ties: set[tuple[str, str]] = set()
    for name in attributes.values:
        own = attributes.table(name)
        if not _is_attribute(name):
            attributes.fault((name,), f"there is no attribute {shown(name)}", _nearest(name))
        if sources := own.order("sources", SOURCES):
            ranks.add((name, sources))
        if tie := own.one_of("tie", TIES):
            ties.add((name, tie))
    placeholders = table.texts("placeholder_names", spelling.placeholder) or ()
    return {
        "sources": table.order("sources", SOURCES),
        "placeholder_names": DEFAULT.placeholder_names.union(placeholders),
        "ranks": frozenset(ranks),
        "ties": frozenset(ties),
    }


def _is_attribute(name: str) -> bool:
    return name in NAMED or (name.startswith(ATTRIBUTE_PREFIX) and name != ATTRIBUTE_PREFIX)


def _nearest(name: str) -> str:
    return f'{meant(name, NAMED)} (an attribute of your Jivo account is written "{ATTRIBUTE_PREFIX}Balance")'


def _warn_of_cases(top: Table, cases: Iterable[PolicyCase]) -> None:
    seen: set[str] = set()
    for index, case in enumerate(cases):
        if case.name in seen:
            top.warn(("case", index), f"two cases are called {shown(case.name)}", "tell them apart by their names")
        seen.add(case.name)
    if not seen:
        top.warn((), "there is no [[case]]", "add some, to show that the rules do what you mean")
