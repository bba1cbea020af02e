"""Spelling: how keys and names are written in policy.toml. What could never match anything is refused, in words."""

from __future__ import annotations

import re

from attrs import evolve

from jivod.policy import contact
from jivod.policy.rules import DEFAULT, bare, folded
from jivod.strict.faults import Unfit
from jivod.strict.table import shown

_NOTHING_BLOCKED = evolve(DEFAULT, blocked_emails=frozenset())
_ANY_DOMAIN = "@*"
_E164 = re.compile(r"\+[1-9][0-9]{5,14}")
_CAPITALS = re.compile(r"[A-Z]+")
_REGION = re.compile(r"[A-Z]{2}")
_NUMBER_AT_END = re.compile(r"\d\s*$")


def token(text: str) -> str:
    """A user_token, `bare`. Raises Unfit for one of nothing but quotes and white space."""
    if not bare(text):
        raise Unfit(f"the token {shown(text)} is blank, and a blank never counts", "remove it")
    return bare(text)


def email(text: str) -> str:
    """An address in its normal form, or Unfit."""
    normal = _normal(text)
    if normal is None:
        raise Unfit(f"{shown(text)} is not an e-mail address", 'write one address, like "ayse@example.com"')
    if normal != _lower(text):
        raise Unfit(f"{shown(text)} is not how addresses are kept", f"write it as {shown(normal)}")
    return normal


def email_pattern(text: str) -> str:
    """An address in its normal form or `local@*`, which stands for that name at every domain. Raises Unfit."""
    name = text.removesuffix(_ANY_DOMAIN)
    if "*" in name:
        remedy = 'write an address, or the part before the @ and a star: "info@*"'
        raise Unfit(f"{shown(text)} has a star where none may be", remedy)
    if name == text:
        return email(text)
    if _normal(f"{name}@example.com") != f"{_lower(name)}@example.com":
        raise Unfit(f"{shown(text)} is not an e-mail pattern", 'write the part before the @ and a star: "info@*"')
    return _lower(name) + _ANY_DOMAIN


def phone(text: str) -> str:
    """A number in E.164, in its normal form. Raises Unfit."""
    if not _E164.fullmatch(text):
        remedy = 'write it with + and the country code, digits only, like "+905321110033"'
        raise Unfit(f"{shown(text)} is not a phone number in E.164", remedy)
    found = contact.phones(text, (), _NOTHING_BLOCKED)[0]
    if not _E164.fullmatch(found.key.value) or found.refused == "not a phone number":
        raise Unfit(f"{shown(text)} is no phone number that can exist", "correct or remove it")
    if found.key.value != text:
        raise Unfit(f"{shown(text)} is not how numbers are kept", f"write it as {shown(found.key.value)}")
    return text


def is_never_a_key(e164: str) -> bool:
    """True for service numbers and the like, which decide nothing anyway."""
    return bool(contact.phones(e164, (), _NOTHING_BLOCKED)[0].refused)


def placeholder(text: str) -> str:
    """A name that says nothing, `folded`. Raises Unfit."""
    name = " ".join(folded(text).split())
    if not name:
        raise Unfit("a placeholder name is blank, and a blank never counts", "remove it")
    if _NUMBER_AT_END.search(name):
        problem = f"the placeholder name {shown(text)} ends in a number, and names are compared without it"
        raise Unfit(problem, "write it without the number")
    return name


def region(text: str) -> str:
    """A country code. Raises Unfit."""
    if not _REGION.fullmatch(text):
        raise Unfit("region is not a country code", 'write two capital letters, like "TR"')
    return text


def filled(text: str) -> str:
    """Text that says something. Raises Unfit."""
    if not text.strip():
        raise Unfit("this text is blank", "write a few words")
    return text


def _normal(text: str) -> str | None:
    found = contact.emails(text, _NOTHING_BLOCKED)
    return found[0].key.value if len(found) == 1 and not found[0].refused else None


def _lower(text: str) -> str:
    """The case of A to Z alone, as `contact` has it: İ and ẞ stay."""
    return _CAPITALS.sub(lambda match: match[0].lower(), text)
