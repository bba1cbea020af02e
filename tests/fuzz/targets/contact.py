"""Typed contacts: each a key or refused in words. A key stays the same when it is typed itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from jivod.model.contact import Contact, Key
from jivod.policy import contact
from jivod.policy.rules import DEFAULT

REGIONS = ((), ("TR",), ("RU", "US"), ("BR",))
REFUSALS = frozenset({
    "", "not an e-mail address", "placeholder", "has an extension", "not a phone number", "service number",
})  # fmt: skip
E164 = re.compile(r"\+[1-9][0-9]{4,16}")


def check(data: bytes) -> None:
    regions, text = REGIONS[len(data) % len(REGIONS)], data.decode("utf-8", "replace")
    found = contact.phones(text, regions, DEFAULT)
    _demand(found, text, lambda value: contact.phones(value, (), DEFAULT))
    assert all(E164.fullmatch(one.key.value) for one in found if not one.refused), found
    found = contact.emails(text, DEFAULT)
    _demand(found, text, lambda value: contact.emails(value, DEFAULT))
    assert all(one.key.value.isascii() or "@" in one.key.value for one in found if not one.refused), found
    _demand(contact.tokens(text, DEFAULT), text, lambda value: contact.tokens(value, DEFAULT))
    for one in contact.visitors("main", text):
        assert one.refused in REFUSALS
    contact.is_placeholder_id(text)


def _demand(found: list[Contact], text: str, read: Callable[[str], list[Contact]]) -> None:
    """Blank says nothing; a whole field is refused or no part of it; keys are their own spelling."""
    assert found or not text[: contact.LONGEST].strip()
    for one in found:
        assert one.refused in REFUSALS, one.refused
        if not one.refused:
            assert [(same.key, same.refused) for same in read(one.key.value)] == [(one.key, "")], one.key
    assert len({_once(one) for one in found}) == len(found)


def _once(one: Contact) -> Key:
    return one.key
