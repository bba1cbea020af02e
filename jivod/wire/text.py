"""Text: single values of a body made clean. Text, identifiers, times.

`odd` collects the names of the quirks that were tolerated, never input. Whatever is cut here is whole in the journal.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

Odd = set[str]

NAME_CAP = 256  # characters, as the other caps of a line
EMAIL_CAP = 320  # over the 254 that an address may have: a cut one stays refusable, never becomes another address
ID_CAP = 512
TOKEN_CAP = 4096
URL_CAP = 2048
TITLE_CAP = 512
TEXT_CAP = 8 * 1024  # bytes of UTF-8
MESSAGE_CAP = 64 * 1024  # bytes of UTF-8

SECONDS = range(1_104_537_600, 4_102_444_800)  # 2005-01-01 .. 2100-01-01: times that we believe
MILLISECONDS = range(SECONDS.start * 1000, SECONDS.stop * 1000)

REPLACEMENT = "\ufffd"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMERIC = re.compile(r"[0-9]{1,16}(\.[0-9]{1,9})?")
_THIRTEEN = re.compile(r"[0-9]{13}")
_EXACT = 2**53  # below it a float holds a whole number exactly
_DIGEST_BYTES = 16


def mend(value: str, odd: Odd) -> str:
    """Control characters (but tab and line ends) and lone surrogates replaced by U+FFFD; "" if nothing else is left."""
    value, controls = _CONTROL.subn(REPLACEMENT, value)
    value, surrogates = _SURROGATE.subn(REPLACEMENT, value)
    if controls:
        odd.add("control_character")
    if surrogates:
        odd.add("lone_surrogate")
    if (controls or surrogates) and not value.replace(REPLACEMENT, "").strip():
        return ""
    return value


def line(value: Any, odd: Odd, cap: int = NAME_CAP) -> str | None:
    """A short text, at most `cap` characters; blank reads as None. A number is taken as its digits."""
    if value is None:
        return None
    if type(value) is not str:
        value = number_text(value, odd)
    if not value.isprintable():
        value = mend(value, odd)
    value = value.strip()
    if len(value) > cap:
        value = _shortened(value[:cap], odd)
    return value or None


def text(value: Any, odd: Odd, cap: int = TEXT_CAP) -> str | None:
    """A free text, at most `cap` bytes of UTF-8 (whole characters); blank reads as None. Never normalised."""
    if value is None:
        return None
    if type(value) is not str:
        value = number_text(value, odd)
    if not value.isprintable():
        value = mend(value, odd)
    value = value.strip()
    if len(value) * 4 > cap:
        encoded = value.encode()
        if len(encoded) > cap:
            value = _shortened(encoded[:cap].decode(errors="ignore"), odd)
    return value or None


def _shortened(value: str, odd: Odd) -> str:
    odd.add("cut_text")
    return value.rstrip()


def number_text(value: Any, odd: Odd) -> str:
    """A number where text belongs, as JSON writes it; "" for anything else."""
    if type(value) is int or type(value) is float:
        odd.add("number_for_text")
        return repr(value)
    odd.add("not_text")
    return ""


def ident(value: Any, odd: Odd, cap: int = ID_CAP) -> str | None:
    """An identifier as text, with all its digits: 12, "12" and 12.0 are one; two different ones never become one.

    What is longer than `cap` ends in its digest; what holds broken characters or is no text or number is none at all.
    """
    if value is None:
        return None
    if type(value) is str:
        value = _unbroken(value, odd).strip()
    elif type(value) is int:
        if value < 0:
            odd.add("negative_id")
        value = str(value)
    else:
        value = _odd_ident(value, odd)
    if len(value) > cap:
        odd.add("long_id")
        digest = blake2b(value.encode(), digest_size=_DIGEST_BYTES).hexdigest()
        value = f"{value[: cap - len(digest) - 1]}~{digest}"
    return value or None


def _unbroken(value: str, odd: Odd) -> str:
    if value.isprintable() or mend(value, odd) == value:
        return value
    odd.add("broken_id")
    return ""


def _odd_ident(value: Any, odd: Odd) -> str:
    if type(value) is float and value.is_integer() and abs(value) < _EXACT:
        odd.add("fractional_id")
        return ident(int(value), odd) or ""
    odd.add("not_an_id")
    return ""


def time_ms(value: Any, odd: Odd) -> int | None:
    """UNIX milliseconds of a time given in seconds, milliseconds or numeric text; None where it is not believable."""
    if type(value) is int and value in SECONDS:
        return value * 1000
    if value is None:
        return None
    if type(value) is str and _NUMERIC.fullmatch(value.strip()):
        odd.add("time_as_text")
        value = float(value) if "." in value else int(value)
    if type(value) is int or type(value) is float:
        if SECONDS.start <= value < SECONDS.stop:
            return int(value * 1000)
        if MILLISECONDS.start <= value < MILLISECONDS.stop:
            odd.add("time_in_milliseconds")
            return int(value)
    odd.add("unbelievable_time")
    return None


def time_in_id(value: str | None) -> int | None:
    """Jivo numbers offline messages by their time: the UNIX milliseconds in an id of 13 digits, if believable."""
    if value is not None and _THIRTEEN.fullmatch(value) and int(value) in MILLISECONDS:
        return int(value)
    return None
