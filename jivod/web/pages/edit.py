"""Edit: what is known of a customer, mended in place: each field is a form of its own."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from jivod.flow import steward
from jivod.model.access import Role
from jivod.model.audit import CHANGED, SETTLED
from jivod.model.claim import ATTRIBUTE_PREFIX, SOCIAL, TAG
from jivod.model.contact import EMAIL, PHONE
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages import record
from jivod.web.pages.form import choice, text
from jivod.web.pages.page import Ask, Flaw, Moved, Page, Unfit
from jivod.web.pages.record import EDITABLE, LONGEST_ATTRIBUTE, golden_of, place, root_of
from jivod.web.pages.refusals import attempt
from jivod.web.pages.words import _

LONGEST = 8192  # characters of a value
ADD, REMOVE, CONFIRM, PRIMARY = "add", "remove", "confirm", "primary"
SEVERAL = (EMAIL, PHONE, TAG, SOCIAL)

_ADVICE = {
    EMAIL: _("Write one e-mail address, like name@example.com."),
    PHONE: _("Write one phone with its country code, like +90 532 000 00 00."),
}
_NO_TEXT = _("Write some text; to take the value away, leave the line blank.")
_GONE = _("This value is not there any more: look at the page as it is now.")
_SETTLED = _("This is settled already: look at the page as it is now.")
_CHANGED = _("Meanwhile this became “%(value)s”. What you wrote is still below: save it again to replace that.")
_CLEARED = _("Meanwhile this was taken away. What you wrote is still below: save it again to keep it.")
_NO_NAME = _("Write the name of the attribute.")


@frozen(kw_only=True)
class Single:
    """The attribute has this value from now on; blank: it has none. `seen`: the tag of what the form showed."""

    attribute: str = text(LONGEST_ATTRIBUTE)
    seen: str | None = text(40, default=None)
    value: str | None = text(LONGEST, default=None)


@frozen(kw_only=True)
class Own:
    """One more attribute of the company's own."""

    name: str = text(200)
    own: str = text(LONGEST)


@frozen(kw_only=True)
class OfSeveral:
    """What to do with one of several values."""

    deed: str = choice(ADD, REMOVE, CONFIRM, PRIMARY)
    attribute: str = choice(*SEVERAL)
    value: str = text(LONGEST)


@frozen(kw_only=True)
class Settle:
    """Of the contested values of an attribute, the right one."""

    attribute: str = text(LONGEST_ATTRIBUTE)
    value: str = text(LONGEST)


def single(txn: Txn, ask: Ask) -> Moved:
    """A single value is another one, unless somebody changed it since it was shown."""
    golden, form = golden_of(txn, ask), ask.form
    if form.attribute not in EDITABLE and not form.attribute.startswith(ATTRIBUTE_PREFIX):
        raise Unfit(**{"": _GONE})
    root, shown = golden.id, steward.shown(golden, form.attribute)
    value = (form.value or "").strip()
    if value == (shown or ""):
        return Moved(place(root), done="saved")
    if form.seen != record.tag(golden, form.attribute):
        raise _clash(form.attribute, shown)
    if value:
        attempt("value", _NO_TEXT, lambda: steward.edit(txn, ask.hand, root, form.attribute, value))
    else:
        attempt("value", _GONE, lambda: steward.clear(txn, ask.hand, root, form.attribute))
    return Moved(place(root), done="saved")


def _clash(attribute: str, shown: str | None) -> Unfit:
    """Somebody was quicker. Of an attribute that is gone there is no field that could say so."""
    if shown is not None:
        return Unfit(value=Flaw(_CHANGED, {"value": shown[:200]}))
    return Unfit(**{"value" if attribute in EDITABLE else "": _CLEARED})


def own(txn: Txn, ask: Ask) -> Moved:
    """There is one more attribute."""
    root, name = root_of(txn, ask), ask.form.name.strip()
    if not name:
        raise Unfit(name=_NO_NAME)
    attempt("own", _NO_TEXT, lambda: steward.edit(txn, ask.hand, root, ATTRIBUTE_PREFIX + name, ask.form.own))
    return Moved(place(root), done="saved")


def of_several(txn: Txn, ask: Ask) -> Moved:
    """One of several values is added, wrong, the customer's own, or stands first."""
    root, form = root_of(txn, ask), ask.form
    deeds = {ADD: steward.edit, REMOVE: steward.clear, CONFIRM: steward.confirm, PRIMARY: steward.primary}
    field, advice = ("value", _ADVICE.get(form.attribute, _NO_TEXT)) if form.deed == ADD else ("", _GONE)
    deed = deeds[form.deed]
    attempt(field, advice, lambda: deed(txn, ask.hand, root, form.attribute, form.value))
    return Moved(place(root), done={CONFIRM: "confirmed", PRIMARY: "first"}.get(form.deed, "saved"))


def settle(txn: Txn, ask: Ask) -> Moved:
    """One of the contested values is right."""
    root = root_of(txn, ask)
    attempt("", _SETTLED, lambda: steward.settle(txn, ask.hand, root, ask.form.attribute, ask.form.value))
    return Moved(place(root), done="settled")


def _page(
    path: str, work: Callable[[Txn, Ask], Moved], form: type, action: str = CHANGED, role: Role = Role.AGENT
) -> Page:
    return Page(
        path=path, method="POST", role=role, work=work, form=form, again=record.one, writes=True, action=action
    )


PAGES = (
    _page(urls.PERSON_VALUE, single, Single),
    _page(urls.PERSON_OWN, own, Own),
    _page(urls.PERSON_VALUES, of_several, OfSeveral),
    _page(urls.PERSON_SETTLE, settle, Settle, SETTLED, Role.STEWARD),
)
