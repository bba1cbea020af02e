"""Contact: normalise what was typed into a key, or refuse it and say why. Nothing here looks anything up.

E-mails by email-validator, phones by phonenumbers; the typed form is kept beside the key.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import phonenumbers
from attrs import evolve
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from phonenumbers import (
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

from jivod.model.contact import EMAIL, PHONE, TOKEN, Contact, Key, visitor_key
from jivod.policy.rules import Rules, bare

REMEMBERED = 1 << 15  # contacts whose reading is kept: people come back; some 500 bytes each
LONGEST = 512  # characters of a typed contact that are looked at; the journal keeps all of them
_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_ANGLE = re.compile(r"<([^<>]*)>")
_SEVERAL_EMAILS = re.compile(r"[,; \t]+")
_NO_EMAIL = re.compile("[\r\n\ufffd]")  # a header smuggled in; characters that broke: two addresses would be one
_SEVERAL_PHONES = re.compile(r"\s*(?:[/,;|\n]|\bor\b|\bveya\b|\bили\b|\bou\b|\bo\b)\s*", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:ext\w*|dahili|доб\w*|внутр\w*|ramal|#)\W*\d+\s*$", re.IGNORECASE)
_PHONE_TEXT = re.compile(r"[\s\d()+\-./–—]*")
# Nearly every address is plain; email-validator would say the same of it (a test holds the two together) in 20 us.
_PLAIN_EMAIL = re.compile(r"[a-z0-9_+]+(?:[.-][a-z0-9_+]+)*@(?:[a-z0-9]+\.)+[a-z]{2,10}")
_NOT_PUBLIC = re.compile(r"[@.](?:" + "|".join(map(re.escape, SPECIAL_USE_DOMAIN_NAMES)) + r")$")
_PLAIN_LENGTH = 63
# The same for numbers: the library takes 12 us to read what is written as it would write it itself.
_PLAIN_NUMBER = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
_LONGEST_PHONE = len("+") + 17  # E.164 has 15 digits, a few German lines have 17; nothing longer can be dialled
_NOT_DIGITS = re.compile(r"\D+")
_NO_ID = frozenset({"null", "undefined", "none", "nil", "nan", "unknown", "[object object]"})
_SERVICE_TYPES = frozenset({
    PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN, PhoneNumberType.VOICEMAIL,
})  # fmt: skip
_TURKEY, _BRAZIL = 90, 55
_BRAZIL_WITHOUT_NINTH = re.compile(r"\d\d[6-9]\d{7}")


def emails(text: str | None, rules: Rules) -> list[Contact]:
    """The addresses in a typed field, or the whole field refused. Blank: nothing."""
    raw = _cut(text)
    return [_unless_blocked(found, rules) for found in _emails(raw)] if raw else []


@lru_cache(maxsize=REMEMBERED)
def _emails(raw: str) -> tuple[Contact, ...]:
    inner = _ANGLE.findall(raw)
    parts = [] if _NO_EMAIL.search(raw) else inner or [p for p in _SEVERAL_EMAILS.split(raw) if p]
    found = [address for p in parts if (address := _email(p.removeprefix("mailto:")))]
    if not found:
        return (Contact(key=Key(EMAIL, raw), raw=raw, refused="not an e-mail address"),)
    return tuple([Contact(key=Key(EMAIL, a), raw=raw) for a in dict.fromkeys(found)])


def _unless_blocked(found: Contact, rules: Rules) -> Contact:
    address = found.key.value
    blocked = not rules.blocked_emails.isdisjoint((address, address.partition("@")[0] + "@*"))
    return _placeholder(found) if blocked else found


def _placeholder(found: Contact) -> Contact:
    return found if found.refused else evolve(found, refused="placeholder")


def phones(text: str | None, regions: tuple[str, ...], rules: Rules) -> list[Contact]:
    """The numbers in a typed field as E.164, or the whole field refused. `regions`: countries to try, best first."""
    raw = _cut(text)
    found = list(_phones(raw, regions)) if raw else []
    return [_placeholder(c) if c.key.value in rules.blocked_phones else c for c in found]


@lru_cache(maxsize=REMEMBERED)
def _phones(raw: str, regions: tuple[str, ...]) -> tuple[Contact, ...]:
    numbers = [_phone(part, regions) for part in _SEVERAL_PHONES.split(raw) if part]
    usable = list(dict.fromkeys(value for value, refused in numbers if value and not refused))
    if usable:
        return tuple([Contact(key=Key(PHONE, value), raw=raw) for value in usable])
    value, refused = numbers[0] if numbers else ("", "not a phone number")
    return (Contact(key=Key(PHONE, value or raw), raw=raw, refused=refused),)


def tokens(text: str | None, rules: Rules) -> list[Contact]:
    """The user_token as the site set it. Placeholders are refused: everybody would be one person."""
    if not text:
        return []
    plain = bare(text)
    blocked = plain in rules.blocked_tokens or not plain.strip("0-+.")
    return [Contact(key=Key(TOKEN, text), raw=text, refused="placeholder" if blocked else "")]


def is_placeholder_id(text: str) -> bool:
    """True for what a page writes where it has no id: every such "id" would be one and the same."""
    return text.strip().casefold() in _NO_ID


def visitors(account: str, *numbers: str | None) -> list[Contact]:
    """Jivo's card numbers. Jivo counts them from 1."""
    keys = dict.fromkeys(visitor_key(account, n[:LONGEST]) for n in numbers if n)
    return [Contact(key=k, raw=_number(k), refused="placeholder" if _is_no_card(_number(k)) else "") for k in keys]


def _is_no_card(number: str) -> bool:
    return not number.strip("0-") or is_placeholder_id(number)


def _number(key: Key) -> str:
    return key.value.partition(":")[2]


def _cut(text: str | None) -> str:
    return text[:LONGEST].strip() if text else ""


def _email(text: str) -> str | None:
    plain = text.translate(_ASCII_LOWER)
    if len(plain) <= _PLAIN_LENGTH and _PLAIN_EMAIL.fullmatch(plain) and not _NOT_PUBLIC.search(plain):
        return plain
    return _email_by_library(text)


def _email_by_library(text: str) -> str | None:
    try:
        valid = validate_email(text, check_deliverability=False)
    except (EmailNotValidError, ValueError):
        return None
    return f"{valid.local_part.translate(_ASCII_LOWER)}@{valid.ascii_domain.translate(_ASCII_LOWER)}"


def _phone(text: str, regions: tuple[str, ...]) -> tuple[str, str]:
    """(E.164, "") for a personal number; (number or "", why not) for all else."""
    if _EXTENSION.search(text):
        return "", "has an extension"
    if not _PHONE_TEXT.fullmatch(text):
        return "", "not a phone number"
    number = _parse(text, regions)
    if number is None:
        return "", "not a phone number"
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if len(e164) > _LONGEST_PHONE or not _reads_as_itself(e164):
        return "", "not a phone number"
    if len(set(str(number.national_number))) == 1:
        return e164, "placeholder"
    return e164, "service number" if _is_service(number) else ""


def _reads_as_itself(e164: str) -> bool:
    """False where the library sees a trunk prefix in what it wrote: such a key would be two, told apart by nobody."""
    if _plain_number(e164):
        return True
    same = _number_by_library(e164, None)
    return same is not None and phonenumbers.format_number(same, PhoneNumberFormat.E164) == e164


def _parse(text: str, regions: tuple[str, ...]) -> PhoneNumber | None:
    digits = _NOT_DIGITS.sub("", text)
    if not digits.isascii():
        digits = "".join([str(int(c)) for c in digits])
    if text.lstrip(" (").startswith(("+", "00")):
        international = _ninth_digit(_try("+" + digits.lstrip("0"), None))
        return international if international and _is_whole(international) else None
    for region in regions:
        national = _ninth_digit(_try(text, region))
        if national and phonenumbers.is_valid_number(national):
            return national
    without_plus = _ninth_digit(_try("+" + digits, None))
    return without_plus if without_plus and phonenumbers.is_valid_number(without_plus) else None


def _is_whole(number: PhoneNumber) -> bool:
    """Of a length that can be dialled from anywhere. Without its area code it is as good as a house number."""
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _try(text: str, region: str | None) -> PhoneNumber | None:
    return _plain_number(text) or _number_by_library(text, region)


def _number_by_library(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _plain_number(text: str) -> PhoneNumber | None:
    """The number in plain E.164. None where the library might see more in it: a trunk prefix, a leading zero."""
    if not _PLAIN_NUMBER.fullmatch(text):
        return None
    for length in (1, 2, 3):
        code, national = int(text[1 : 1 + length]), text[1 + length :]
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            trunk = _trunk_prefix(code)
            beyond = national[0] == "0" or (trunk is not None and trunk.match(national))
            return None if beyond else PhoneNumber(country_code=code, national_number=int(national))
    return None


@cache  # some 230 country codes
def _trunk_prefix(code: int) -> re.Pattern[str] | None:
    region = phonenumbers.region_code_for_country_code(code)
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    prefix = metadata.national_prefix_for_parsing if metadata else None
    return re.compile(prefix) if prefix else None


def _ninth_digit(number: PhoneNumber | None) -> PhoneNumber | None:
    """Brazilian mobiles got a ninth digit between 2012 and 2016; old cards still hold eight."""
    if number and number.country_code == _BRAZIL and _BRAZIL_WITHOUT_NINTH.fullmatch(str(number.national_number)):
        national = str(number.national_number)
        number.national_number = int(f"{national[:2]}9{national[2:]}")
    return number


def _is_service(number: PhoneNumber) -> bool:
    kind = phonenumbers.number_type(number)
    return kind in _SERVICE_TYPES or (number.country_code == _TURKEY and kind == PhoneNumberType.VOIP)  # 0850
