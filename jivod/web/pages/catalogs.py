"""Catalogs: the sentences of the pages in other languages, read from .po files at first use; English is in the code."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_LOCALE = Path(__file__).with_name("locale")


class _Translations(GNUTranslations):
    def gettext(self, message: str) -> str:
        """Also of a word that has a plural: the older ones of Python 3.11 do not look there."""
        found = super().gettext(message)
        return self.ngettext(message, message, 1) if found == message else found


@cache
def catalog(language: str, locale: Path = _LOCALE) -> NullTranslations:
    """The sentences of a language; English for all that has no translation."""
    path = locale / language / "LC_MESSAGES" / "jivod.po"
    if not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return _Translations(compiled)
