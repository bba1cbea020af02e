"""Vcard: customers as vCards: 3.0 and 4.0 are read (2.1 too, as telephones write it), 4.0 is written.

Read by vobject, one card at a time, so that a bad one spoils no other. It gets the properties that are kept and of a
shape that its patterns take in one go: a line made for it can hold it up for ever. It writes 3.0 alone; so the few
lines of a 4.0 are written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jivod.model.claim import DESCRIPTION, NAME, ORGANIZATION, SOCIAL, TAG
from jivod.model.contact import EMAIL, PHONE
from jivod.model.customer import GoldenRecord
from jivod.wire.item import Item
from jivod.wire.records import LINE_MAX, Text

CARD_MAX = 4 << 20  # characters of one card: some hold a photograph

_REASON = "X-JIVOD-REFUSED"
_LINES_MAX = 2000  # properties of one card, unfolded
_VALUE_MAX = 64 * 1024  # characters of one
_KEPT = frozenset(
    ("VERSION", "FN", "N", "EMAIL", "TEL", "NOTE", "ORG", "CATEGORIES", "URL", "SOCIALPROFILE", "X-SOCIALPROFILE")
)
_NAME = re.compile(r"(?:[\w-]+\.)?([\w-]+)[;:]", re.ASCII)
_HEAD = re.compile(
    r'[\w.-]+(?:;[\w-]+(?:=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)?)*:', re.ASCII
)  # what stands before the value; each character can be read in one way only
_HEAD_MAX = 1000
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

    kept = _kept(text)
    if kept is None:
        return Item(line=begun, fault="it cannot be read as a vCard", text=text)
    try:
        card = vobject.readOne("\n".join(["BEGIN:VCARD", *kept, "END:VCARD"]), allowQP=True)
        return Item(line=begun, said=tuple(_said(card)), text=text)
    except Exception:  # vobject raises whatever its parts raise: of a card that it cannot read nothing is to be had
        return Item(line=begun, fault="it cannot be read as a vCard", text=text)


def _kept(text: str) -> list[str] | None:
    """The properties that are kept, each in one line; None where a line is none."""
    lines = _unfolded([line for line in _LINE_ENDS.split(text) if line.strip()])
    kept = []
    for line in lines[1:-1]:
        found = _NAME.match(line)
        if found is None or len(lines) > _LINES_MAX:
            return None
        if found[1].upper() in _KEPT:
            head = _HEAD.match(line, 0, _HEAD_MAX)
            if head is None or len(line) > _VALUE_MAX:
                return None
            kept.append(line)
    return kept


def _unfolded(lines: list[str]) -> list[str]:
    """Lines that were broken, put together: those that begin with a blank, and in 2.1 those behind a `=`."""
    found: list[list[str]] = []
    is_soft = False
    for line in lines:
        if is_soft:
            found[-1].append(line)
        elif line[0] in " \t" and found:
            found[-1].append(line[1:])
        else:
            found.append([line])
        is_soft = line.endswith("=") and "QUOTED-PRINTABLE" in found[-1][0].upper()
        if is_soft:
            found[-1][-1] = found[-1][-1][:-1]
    return ["".join(parts) for parts in found]


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
    if isinstance(value, bytes):
        return ""  # a picture, or what says that it is one
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
