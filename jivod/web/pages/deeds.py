"""Deeds: what people decide on a customer's page beside his data: notes, undo, who is part of whom, shared contacts."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from jivod.flow import aside, retract, steward
from jivod.model import audit, refusal
from jivod.model.access import Role
from jivod.model.contact import KINDS, Key
from jivod.model.entry import Entry
from jivod.store import chats, edges
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages import record, refusals
from jivod.web.pages.form import choice, text
from jivod.web.pages.history import may_undo
from jivod.web.pages.page import Ask, Moved, Page, Unfit
from jivod.web.pages.record import place, root_of
from jivod.web.pages.refusals import attempt
from jivod.web.pages.words import _
from jivod.web.problem import Problem, Stopped

NOT_YOURS = Problem(403, "role_needed", _("This takes a role that you do not have."))

_NO_NOTE = _("Write what others should know, in 8192 characters at most.")
_OVERTAKEN = _("This cannot be undone any more: something was decided since. Look at the page as it is now.")
_NO_KEY = _("Only an e-mail, a phone, a token or a browser can be shared.")


@frozen(kw_only=True)
class Note:
    """What others should know."""

    text: str = text(aside.LONGEST_NOTE)


@frozen(kw_only=True)
class Undo:
    """A decision, by the number of its journal entry."""

    seq: int


@frozen(kw_only=True)
class Part:
    """A record that was merged into the customer."""

    record: str = text()


@frozen(kw_only=True)
class Share:
    """A contact that several people use, or one alone."""

    kind: str = choice(*KINDS)
    value: str = text(8192)
    shared: bool = False


@frozen(kw_only=True)
class Detach:
    """A conversation that is another person's."""

    account: str = text()
    ref: str = text(500)


def note(txn: Txn, ask: Ask) -> Moved:
    """A note stays with the customer."""
    root = root_of(txn, ask)
    attempt("text", _NO_NOTE, lambda: aside.note(txn, ask.hand, root, ask.form.text))
    return Moved(place(root), done="noted")


def undo(txn: Txn, ask: Ask) -> Moved:
    """A decision is taken back; agents take back what agents may decide."""
    root, found = root_of(txn, ask), retract.decided(txn, ask.form.seq)
    if found is not None and not may_undo(txn, ask, found.decision):
        raise Stopped(NOT_YOURS)
    attempt("", _OVERTAKEN, lambda: retract.take_back(txn, ask.hand, root, ask.form.seq))
    return Moved(place(root), done="undone")


def part(txn: Txn, ask: Ask) -> Moved:
    """A record that was merged in stands for itself again."""
    root = root_of(txn, ask)
    if ask.form.record not in edges.tree(txn, root)[1:]:
        raise Unfit(**{"": refusals.SENTENCES[refusal.ALONE]})
    attempt("", refusals.OTHERWISE, lambda: steward.unmerge(txn, ask.hand, (ask.form.record,)))
    return Moved(place(root), done="undone")


def share(txn: Txn, ask: Ask) -> Moved:
    """A contact decides nothing from now on, or is one customer's own."""
    root, form, hand = root_of(txn, ask), ask.form, ask.hand

    def deed() -> Entry:
        return steward.share(txn, hand, Key(form.kind, hand.reader.value(form.kind, form.value)), shared=form.shared)

    attempt("", _NO_KEY, deed)
    return Moved(place(root), done="shared" if ask.form.shared else "saved")


def detach(txn: Txn, ask: Ask) -> Moved:
    """A conversation becomes a customer of its own."""
    root, chat = root_of(txn, ask), chats.get(txn, ask.form.account, ask.form.ref)
    if chat is None:
        raise Unfit(**{"": refusals.SENTENCES[refusal.ELSEWHERE]})
    attempt("", refusals.OTHERWISE, lambda: steward.detach(txn, ask.hand, root, chat.seqs[:1]))
    return Moved(place(root), done="detached")


def _page(path: str, work: Callable[[Txn, Ask], Moved], form: type, action: str, role: Role = Role.STEWARD) -> Page:
    return Page(
        path=path, method="POST", role=role, work=work, form=form, again=record.one, writes=True, action=action
    )


PAGES = (
    _page(urls.PERSON_NOTES, note, Note, audit.NOTED, Role.AGENT),
    _page(urls.PERSON_UNDO, undo, Undo, audit.CHANGED, Role.AGENT),
    _page(urls.PERSON_PART, part, Part, audit.UNMERGED),
    _page(urls.PERSON_SHARE, share, Share, audit.SHARED),
    _page(urls.PERSON_DETACH, detach, Detach, audit.DETACHED),
)
