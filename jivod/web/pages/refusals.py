"""Refusals: what cannot be done, said in a sentence of the pages instead of the one that the command line prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jivod.model import refusal
from jivod.model.errors import Refused
from jivod.web.pages import entry
from jivod.web.pages.page import Flaw, Unfit
from jivod.web.pages.words import _

SENTENCES = {
    refusal.NOBODY: _("There is no such customer any more."),
    refusal.ONE: _("These two are one customer already."),
    refusal.PART: _("One of the two is part of another customer meanwhile: look at the page as it is now."),
    refusal.DIFFERENT: _("A person called these two different. Undo that in the history of one of them first."),
    refusal.ALONE: _("This record stands for itself already: look at the page as it is now."),
    refusal.MANY: _("This one is made of too many records: take some of those out of it first."),
    refusal.LARGE: _("This customer has too many conversations to be taken apart. Call the contact shared instead."),
    refusal.ELSEWHERE: _("This conversation is not this customer's any more."),
    refusal.ALL: _("This conversation is all there is of this customer, so it cannot be taken away from him."),
    refusal.MAKER: _("This customer came into being by this conversation. Take away the others instead."),
    refusal.NO_SINK: _("There is no sink of this name any more."),
    refusal.HALTED: _("This sink is told nothing already."),
}
"""The reason of a refusal -> the sentence for the page."""

OTHERWISE = _("This cannot be done as things are now, and nothing was changed. Look at the page as it is now.")


def said(refused: Refused, advice: str = OTHERWISE) -> str:
    """The sentence; `advice` where there is none for this refusal: what `flow` says is English."""
    return SENTENCES.get(refused.reason) or entry.SENTENCES.get(f"{refused}", advice)


def flaws(refused: Refused) -> dict[str, Flaw]:
    """What is said on the page that comes again."""
    return dict(refused.flaws) if isinstance(refused, Unfit) else {"": Flaw(said(refused))}


def attempt(field: str, advice: str, deed: Callable[[], Any]) -> None:
    """Do it; what cannot be done is said at a field, by `advice` where nobody knows better."""
    try:
        deed()
    except Refused as refused:
        raise Unfit(**{field: said(refused, advice)}) from None
