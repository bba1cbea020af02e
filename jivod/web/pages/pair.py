"""Pair: a customer beside another one whom a person holds for the same: found by id, e-mail or phone, then compared."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from jivod.flow import query, steward
from jivod.flow.comparison import compare
from jivod.flow.people import People
from jivod.model import audit
from jivod.model.access import Role
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages.form import text
from jivod.web.pages.page import Ask, Moved, Page, Shown, Unfit
from jivod.web.pages.record import ids_of, place, root_of
from jivod.web.pages.refusals import attempt
from jivod.web.pages.terms import TERMS
from jivod.web.pages.words import _

FOUND = 10  # customers to choose from
LONGEST = 256

NOT_ONE = _("These two cannot be made one: look at the page as it is now.")


@frozen(kw_only=True)
class Search:
    """Words by which the other one is looked for, or his id."""

    words: str | None = text(LONGEST, default=None)
    other: str | None = text(default=None)


@frozen(kw_only=True)
class Merge:
    """`loser` becomes part of `winner`; the customer in the address is one of the two."""

    loser: str = text()
    winner: str = text()


def beside(txn: Txn, ask: Ask) -> Shown:
    """The other one is looked for; found, the two stand side by side."""
    root, people = root_of(txn, ask), People(txn)
    asked = ask.query if isinstance(ask.query, Search) else Search(other=_other_of(txn, ask, root))
    golden = people.golden(root, ask.desk.rules)
    words, other = (asked.words or "").strip(), asked.other
    found = [one for one in _found(txn, ask, words) if one.id != root] if words and not other else []
    chosen = query.show(txn, other, ask.desk.rules) if other else None
    two = chosen is not None and chosen.id != root
    pair = compare(txn, people, root, chosen.id, ask.desk.rules) if two and chosen is not None else None
    values = {"customer": golden, "words": words, "found": found, "pair": pair, "terms": TERMS}
    seen = ids_of([golden, *found, *([] if chosen is None else [chosen])])
    apart = pair is not None and pair.b.id in people.apart(root)
    return Shown("merge.html", {**values, "apart": apart}, customers=seen)


def merge(txn: Txn, ask: Ask) -> Moved:
    """The two become one."""
    root, form = root_of(txn, ask), ask.form
    if root not in (form.loser, form.winner):
        raise Unfit(**{"": NOT_ONE})
    attempt("", NOT_ONE, lambda: steward.merge(txn, ask.hand, form.loser, form.winner))
    return Moved(place(form.winner), done="merged", customers=(form.loser, form.winner))


def _found(txn: Txn, ask: Ask, words: str) -> Any:
    return query.find(txn, words, ask.desk.rules, FOUND, accounts=ask.accounts, regions=ask.regions)


def _other_of(txn: Txn, ask: Ask, root: str) -> str | None:
    """Of a form that could not be done, the one who is not in the address."""
    return next((id for id in (ask.typed.get("loser"), ask.typed.get("winner")) if id and id != root), None)


PAGES = (
    Page(
        path=urls.PERSON_MERGE, role=Role.STEWARD, work=beside, query=Search, menu="customers",
        action=audit.FOUND,
    ),
    Page(
        path=urls.PERSON_MERGE, method="POST", role=Role.STEWARD, work=merge, form=Merge, again=beside, writes=True,
        menu="customers", action=audit.MERGED,
    ),
)  # fmt: skip
