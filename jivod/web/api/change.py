"""Change: what a request says of a customer, as decisions. Each knows the place in the body that it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from attrs import frozen

from jivod.flow import steward
from jivod.flow.steward import Hand
from jivod.model.claim import (
    ASSIGNED_AGENT,
    ATTRIBUTE_PREFIX,
    DESCRIPTION,
    NAME,
    ORGANIZATION,
    SOCIAL,
    STATUS,
    TAG,
)
from jivod.model.contact import EMAIL, PHONE, TOKEN, VISITOR
from jivod.model.customer import GoldenRecord
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.store.kv import Txn
from jivod.web.api.fields import ABSENT, named, pointer, text, texts
from jivod.web.problem import Fault, Problem, Stopped

MOST = 30  # decisions of one request: a webhook waits as long as they take

Deed = Callable[[Txn, Hand, str], Entry]
Step = tuple[str, Deed]
"""A decision, and the place in the body that says so."""

SINGLE = {"name": NAME, "description": DESCRIPTION} | {a: a for a in (ORGANIZATION, STATUS, ASSIGNED_AGENT)}
SEVERAL = {"emails": EMAIL, "phones": PHONE, "tokens": TOKEN, "visitors": VISITOR, "tags": TAG, "social": SOCIAL}
"""Field of a request -> the attribute that it is about."""


@frozen(kw_only=True)
class Newcomer:
    """What is known of a new customer."""

    name: str | None = text(default=None)
    description: str | None = text(default=None)
    organization: str | None = text(default=None)
    status: str | None = text(default=None)
    assigned_agent: str | None = text(default=None)
    attributes: dict[str, str] = named()
    emails: tuple[str, ...] = texts()
    phones: tuple[str, ...] = texts()
    tokens: tuple[str, ...] = texts()
    visitors: tuple[str, ...] = texts()
    tags: tuple[str, ...] = texts()
    social: tuple[str, ...] = texts()


@frozen(kw_only=True)
class Marks:
    """Values to add, and values that are wrong."""

    add: tuple[str, ...] = texts()
    remove: tuple[str, ...] = texts()


@frozen(kw_only=True)
class Keys:
    """Keys to add, keys that are wrong, and keys that are known to be the customer's own."""

    add: tuple[str, ...] = texts()
    remove: tuple[str, ...] = texts()
    confirm: tuple[str, ...] = texts()


@frozen(kw_only=True)
class Contacts:
    """The same of e-mails or phones, of which `primary` stands first."""

    add: tuple[str, ...] = texts()
    remove: tuple[str, ...] = texts()
    confirm: tuple[str, ...] = texts()
    primary: str | None = text(default=None)


@frozen(kw_only=True)
class Change:
    """What is different about a customer. A field that is not sent stays as it is; null takes a value away."""

    name: str | None = text(default=ABSENT)
    description: str | None = text(default=ABSENT)
    organization: str | None = text(default=ABSENT)
    status: str | None = text(default=ABSENT)
    assigned_agent: str | None = text(default=ABSENT)
    attributes: dict[str, str | None] = named()
    emails: Contacts = Contacts()
    phones: Contacts = Contacts()
    tokens: Keys = Keys()
    visitors: Keys = Keys()
    tags: Marks = Marks()
    social: Marks = Marks()


def said(new: Newcomer, hand: Hand) -> list[tuple[str, str]]:
    """(attribute, value) of all that is known of a new customer. Raises Stopped, with what cannot be used."""
    found, faults = [], []
    for place, attribute, value in _told(new):
        try:
            found.append((hand.reader.attribute(attribute), hand.reader.value(attribute, value)))
        except Refused as error:
            faults.append(Fault("pointer", place, str(error)))
    if faults:
        raise unusable(faults)
    return found


def steps(change: Change, golden: GoldenRecord) -> list[Step]:
    """The decisions that a change of this customer comes to, what is wrong first. Raises Stopped for too many."""
    found = [*_of_single(change, golden), *_of_several(change)]
    if len(found) > MOST:
        raise unusable([Fault("pointer", "", f"one request decides {MOST} things at most; send the rest in another")])
    return found


def carry_out(txn: Txn, hand: Hand, id: str, steps: list[Step]) -> None:
    """All the decisions. Raises Stopped, with the place of the one that cannot be carried out."""
    for place, deed in steps:
        try:
            deed(txn, hand, id)
        except Refused as error:
            raise unusable([Fault("pointer", place, str(error))]) from None


def unusable(faults: list[Fault]) -> Stopped:
    """The refusal of a request that is made as it must be, and says what cannot be."""
    first = faults[0]
    return Stopped(Problem(422, "unusable", first.detail, faults=tuple(faults)))


def _told(new: Newcomer) -> Iterator[tuple[str, str, str]]:
    for field, attribute in SINGLE.items():
        value = getattr(new, field)
        if value is not None:
            yield pointer(field), attribute, value
    for name, value in new.attributes.items():
        yield pointer("attributes", name), ATTRIBUTE_PREFIX + name, value
    for field, attribute in SEVERAL.items():
        for number, value in enumerate(getattr(new, field)):
            yield pointer(field, number), attribute, value


def _of_single(change: Change, golden: GoldenRecord) -> Iterator[Step]:
    shown = {**golden.attributes, "name": golden.name, "description": golden.description}
    for field, attribute in SINGLE.items():
        value = getattr(change, field)
        if value is not ABSENT:
            yield from _one(pointer(field), attribute, value, shown.get(field) is not None)
    for name, value in change.attributes.items():
        yield from _one(pointer("attributes", name), ATTRIBUTE_PREFIX + name, value, name in golden.attributes)


def _one(place: str, attribute: str, value: str | None, is_there: bool) -> Iterator[Step]:
    if value is not None:
        yield place, lambda txn, hand, id: steward.edit(txn, hand, id, attribute, value)
    elif is_there:
        yield place, lambda txn, hand, id: steward.clear(txn, hand, id, attribute)


def _of_several(change: Change) -> Iterator[Step]:
    for list_name, verb in (("remove", steward.clear), ("add", steward.edit), ("confirm", steward.confirm)):
        for field, attribute in SEVERAL.items():
            for number, value in enumerate(getattr(getattr(change, field), list_name, ())):
                yield pointer(field, list_name, number), partial(_do, verb, attribute, value)
    for field in ("emails", "phones"):
        value = getattr(change, field).primary
        if value is not None:
            yield pointer(field, "primary"), partial(_do, steward.primary, SEVERAL[field], value)


def _do(verb: Callable[..., Entry], attribute: str, value: str, txn: Txn, hand: Hand, id: str) -> Entry:
    return verb(txn, hand, id, attribute, value)
