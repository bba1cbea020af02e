"""Typed: what a person writes of an attribute, a value or a key, as the store has it. Else Refused: what to write."""

from __future__ import annotations

from attrs import frozen

from jivod.model.claim import ASSIGNED_AGENT, ATTRIBUTE_PREFIX, DESCRIPTION, NAME, ORGANIZATION, SOCIAL, STATUS, TAG
from jivod.model.contact import EMAIL, KINDS, PHONE, VISITOR, Contact, Key
from jivod.model.errors import Refused
from jivod.policy import contact
from jivod.policy.rules import Rules

LONGEST = 8192  # characters of a value
LONGEST_NAME = 200  # characters of the name of whoever decides
ATTRIBUTES = (*KINDS, NAME, DESCRIPTION, ORGANIZATION, STATUS, ASSIGNED_AGENT, TAG, SOCIAL)


@frozen
class Reader:
    """By which rules, and in which countries, what was typed is read."""

    rules: Rules
    regions: tuple[str, ...]

    def attribute(self, name: str) -> str:
        """An attribute that a customer may have."""
        if name in ATTRIBUTES or (name.startswith(ATTRIBUTE_PREFIX) and _is_text(name[len(ATTRIBUTE_PREFIX) :])):
            return name
        raise Refused(f"there is no such attribute; name one of {', '.join(ATTRIBUTES)}, or attr:<name>")

    def value(self, attribute: str, text: str) -> str:
        """A value of the attribute, normalised if it is a contact."""
        plain = text.strip()
        if not _is_text(plain):
            raise Refused(f"a value has 1 to {LONGEST} characters; `jivod edit --clear` takes one away")
        if attribute == EMAIL:
            return _one(contact.emails(plain, self.rules), "an e-mail, like name@example.com")
        if attribute == PHONE:
            return _one(contact.phones(plain, self.regions, self.rules), "a phone with its country code")
        if attribute == VISITOR and not all(plain.partition(":")):
            raise Refused("a visitor is written ACCOUNT:NUMBER, as `jivod show` prints it; write it so")
        return plain

    def one_of(self, there: set[str], attribute: str, text: str) -> str | None:
        """The one of the values `there` that is meant, in whatever way it is written; None if it is none of them."""
        plain = text.strip()
        found = plain if plain in there else self.value(attribute, text)
        return found if found in there else None

    def key(self, text: str) -> Key:
        """An e-mail, a phone, or any key as KIND:VALUE."""
        kind, _, value = text.strip().partition(":")
        if kind in KINDS:
            return Key(kind, self.value(kind, value))
        kind = EMAIL if "@" in text else PHONE
        try:
            return Key(kind, self.value(kind, text))
        except Refused as error:
            raise Refused(f"{error}, or any key as KIND:VALUE, like {VISITOR}:shop:7") from None


def demand_name(by: str, why: str) -> None:
    """Raise Refused unless `by` can be the name of a person who does something; `why` he needs one, in words."""
    if not by.strip() or len(by) > LONGEST_NAME or not is_storable(by):
        raise Refused(f"{why}, {LONGEST_NAME} characters at most; give it by --by")


def is_storable(text: str) -> bool:
    """True for text that a record can hold: no NUL, nothing that UTF-8 cannot say."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _is_text(text: str) -> bool:
    return 0 < len(text) <= LONGEST and is_storable(text)


def _one(found: list[Contact], noun: str) -> str:
    usable = [c.key.value for c in found if not c.refused]
    if len(usable) > 1:
        raise Refused(f"these are several; give one alone: {noun}")
    if not usable:
        raise Refused(f"this cannot be used ({found[0].refused if found else 'blank'}); give {noun}")
    return usable[0]
