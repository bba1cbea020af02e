"""Region: a country whose phone numbers are read without its code."""

from __future__ import annotations

import re

_CODE = re.compile(r"[A-Z]{2}")
_SAID = {"UK": "GB", "EN": "GB", "EL": "GR"}  # for a country whose code is another one


def wrong(text: str) -> tuple[str, str] | None:
    """What is wrong with the code of a country, and what to write instead; None for one whose numbers are known."""
    if not _CODE.fullmatch(text):
        return "region is not a country code", 'write two capital letters, like "TR"'
    from phonenumbers import SUPPORTED_REGIONS  # which takes a start some time

    if text in SUPPORTED_REGIONS:
        return None
    meant = _SAID.get(text)
    remedy = f'did you mean "{meant}"?' if meant else "write the code that ISO 3166 has for it"
    return f'no phone numbers are known of a country "{text}"', remedy
