"""Extract: every sentence of the pages, collected from code and templates, for those who translate and for the tests.

    python -m tests.web.pages.extract

brings the .po files up to the code: what is new stands there without a translation, what is gone is gone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from jivod.config.settings import LANGUAGES
from jivod.web.pages import catalogs

ROOM = Path(catalogs.__file__).parent
TONGUES = tuple([language for language in LANGUAGES if language != "en"])

_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_OPTIONS = {"**.html": {"silent": "false", "newstyle_gettext": "true"}}  # a template that cannot be read is an error
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}


@cache
def template() -> Catalog:
    """Every sentence, with its plural and the files that have it."""
    found = Catalog(project="jivod", copyright_holder="The jivod authors")
    for name, _line, sentence, _comments, context in extract_from_dir(
        ROOM, _METHODS, _OPTIONS, keywords=_KEYWORDS, directory_filter=lambda path: "locale" not in Path(path).parts
    ):
        found.add(sentence, locations=[(name, 0)], context=context)
    return found


def path_of(language: str) -> Path:
    return ROOM / "locale" / language / "LC_MESSAGES" / "jivod.po"


def read(language: str) -> Catalog:
    """What is translated, with what is fuzzy and what is obsolete."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update(language: str) -> None:
    """Write the file of a language anew."""
    known = read(language)
    known.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    with path_of(language).open("wb") as file:
        write_po(file, known, width=120, ignore_obsolete=True, include_lineno=False, sort_output=True)


if __name__ == "__main__":
    for tongue in TONGUES:
        update(tongue)
