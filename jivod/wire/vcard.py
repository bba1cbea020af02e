"""Vcard: customers as vCards: 3.0 and 4.0 are read (2.1 too, as telephones write it), 4.0 is written.

Read by vobject, one card at a time, so that a bad one spoils no other. It writes 3.0 alone; so the few lines of a 4.0
are written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jivod.model.claim import DESCRIPTION, NAME, ORGANIZATION, SOCIAL, TAG
from jivod.model.contact import EMAIL, PHONE
from jivod.model.customer import GoldenRecord
from jivod.wire.item import Item
from jivod.wire.table import LINE_MAX, Text

CARD_MAX = 4 << 20  # characters of one card: some hold a photograph

_REASON = "X-JIVOD-REFUSED"
_LAST = 101  # behind every PREF there can be
_OCTETS = 75
_SPECIAL = re.compile(r"[\\,;]")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_LINK = re.compile(r"https?://", re.IGNORECASE)


class Vcards:
    """The cards of a file."""

    def __init__(self, file: Text) -> None:
        self._file = file

    def __iter__(self) -> Iterator[Item]:
        number, begun, lines, size = 0, 0, list[str](), 0
        while line := self._file.readline(LINE_MAX):
            number += lines == [] or line[-1:] == "\n"
            is_begin = line[:11].upper() == "BEGIN:VCARD"
            if is_begin:
                if lines:
                    yield Item(line=begun, fault="the card has no end", text="".join(lines))
                begun, lines, size = number, [], 0
            if is_begin or lines:
                size += len(line)
                lines.append(line if size <= CARD_MAX else "\n")
                if line[:9].upper() == "END:VCARD":
                    yield _item(begun, "".join(lines), is_whole=size <= CARD_MAX)
                    lines = []
            elif line.strip():
                yield Item(line=number, fault="it stands outside of any card", text=line)
        if lines:
            yield Item(line=begun, fault="the card has no end", text="".join(lines))


def _item(begun: int, text: str, *, is_whole: bool) -> Item:
    if not is_whole:
        return Item(line=begun, fault="the card is too long", text="")
    import vobject  # takes 60 ms, and few files need it

    try:
        card = vobject.readOne(text, allowQP=True)
        return Item(line=begun, said=tuple(_said(card)), text=text)
    except Exception:  # vobject raises whatever its parts raise: of a card that it cannot read nothing is to be had
        return Item(line=begun, fault="it cannot be read as a vCard", text=text)


def _said(card: Any) -> Iterator[tuple[str, str]]:
    name = _text(_first(card, "fn")) or _text(_first(card, "n"))
    if name:
        yield NAME, name
    for line in _preferred(card.contents.get("email", ())):
        yield EMAIL, _text(line)
    for line in _preferred(card.contents.get("tel", ())):
        yield PHONE, re.sub("^tel:", "", _text(line), flags=re.IGNORECASE)
    if note := _text(_first(card, "note")):
        yield DESCRIPTION, note
    if organization := _text(_first(card, "org")):
        yield ORGANIZATION, organization
    for line in card.contents.get("categories", ()):
        for tag in line.value if isinstance(line.value, list) else [line.value]:
            yield TAG, str(tag)
    for kind in ("url", "socialprofile", "x-socialprofile"):
        for line in card.contents.get(kind, ()):
            if _LINK.match(_text(line)):
                yield SOCIAL, _text(line)


def _first(card: Any, name: str) -> Any:
    return next(iter(card.contents.get(name, ())), None)


def _text(line: Any) -> str:
    """A property's value as one text."""
    value = line.value if line is not None else ""
    if isinstance(value, list):
        return ", ".join(str(part) for part in value if part)
    return " ".join(str(value).split()) if not isinstance(value, str) else value.strip()


def _preferred(lines: Any) -> list[Any]:
    """The preferred one first; the others as they stand."""
    return sorted(lines, key=_preference)


def _preference(line: Any) -> int:
    given = (line.params.get("PREF") or [""])[0]
    types = {kind.lower() for kind in (*line.params.get("TYPE", ()), *line.singletonparams)}
    if given.isascii() and given.isdigit() and len(given) < 4:
        return int(given)
    return 1 if "pref" in types else _LAST


def refused_as(item: Item, why: str) -> str:
    """The card again, and why it was refused. What stood outside of a card is not written."""
    lines = [line for line in _LINE_ENDS.split(item.text) if line and not line.startswith(_REASON)]
    if not lines or lines[0].upper() != "BEGIN:VCARD":
        return ""
    if lines[-1].upper() == "END:VCARD":
        lines.pop()
    return "".join([line + "\r\n" for line in (*lines, f"{_REASON}:{_escaped(why)}", "END:VCARD")])


def write(golden: GoldenRecord) -> str:
    """The customer as a vCard 4.0, the primary e-mail and phone preferred."""
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"UID;VALUE=text:{_escaped(golden.id)}"]
    shown = golden.name or next(iter((*golden.emails, *golden.phones)), golden.id)
    lines.append(f"FN:{_escaped(shown)}")
    lines += [f"EMAIL;PREF={pref}:{_escaped(value)}" for pref, value in _numbered(golden.emails)]
    lines += [f"TEL;VALUE=uri;PREF={pref}:tel:{value}" for pref, value in _numbered(golden.phones)]
    if golden.description:
        lines.append(f"NOTE:{_escaped(golden.description)}")
    if organization := golden.attributes.get(ORGANIZATION):
        lines.append(f"ORG:{_escaped(organization)}")
    if golden.tags:
        lines.append("CATEGORIES:" + ",".join(_escaped(tag) for tag in golden.tags))
    lines += [f"URL:{link}" for link in golden.social]
    return "".join([_folded(line) for line in (*lines, "END:VCARD")])


def _numbered(values: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    for number, value in enumerate(values, 1):
        yield min(number, _LAST - 1), value


def _escaped(text: str) -> str:
    return _LINE_ENDS.sub(r"\\n", _SPECIAL.sub(lambda found: "\\" + found[0], text))


def _folded(line: str) -> str:
    """Lines of 75 octets at most, whole characters to each."""
    found, size = [], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _OCTETS:
            found.append("\r\n ")
            size = 1
        found.append(character)
        size += octets
    return "".join(found) + "\r\n"
