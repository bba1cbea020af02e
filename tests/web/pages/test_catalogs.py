"""Catalogs: every sentence of the pages in every language, none half done, none that would break a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from string import ascii_letters

import pytest
from babel.messages import Catalog, Message
from babel.messages.plurals import get_plural

from jivod.model import refusal
from jivod.web.pages import entry, frame, mishap, notices, refusals, terms
from tests.web.pages import extract
from tests.web.pages.extract import ROOM, TONGUES, template

PLACE = re.compile(r"%\((\w+)\)s")
TEMPLATES = sorted((ROOM / "templates").glob("*.html"))
CODE = sorted(ROOM.glob("*.py"))


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(text: str | Iterable[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def sentences(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


@pytest.fixture(params=TONGUES)
def tongue(request: pytest.FixtureRequest) -> Catalog:
    return extract.read(request.param)


def test_there_is_something_to_translate() -> None:
    assert set(TONGUES) == {"tr", "ru", "pt", "es"}
    assert len(sentences(template())) > 400


def test_a_language_has_every_sentence_and_no_other(tongue: Catalog) -> None:
    wanted, there = ({(key(message), message.context) for message in sentences(one)} for one in (template(), tongue))
    assert (wanted - there, there - wanted) == (set(), set())
    assert [key(message) for message in sentences(tongue) if not all(forms(message.string))] == []


def test_nothing_is_fuzzy_and_nothing_obsolete(tongue: Catalog) -> None:
    assert not tongue.fuzzy
    assert [key(message) for message in tongue if message.fuzzy] == []
    assert list(tongue.obsolete) == []


def test_plurals_have_the_forms_of_the_language(tongue: Catalog) -> None:
    plural = get_plural(tongue.locale)
    assert (tongue.num_plurals, tongue.plural_expr.strip("()")) == (
        plural.num_plurals,
        plural.plural_expr.strip("()"),
    )
    for message in sentences(tongue):
        assert isinstance(message.id, str) == isinstance(message.string, str), message.id
        assert isinstance(message.id, str) or len(message.string) == plural.num_plurals, message.id


def test_what_stands_for_a_value_is_kept(tongue: Catalog) -> None:
    for message in sentences(tongue):
        one, *more = [set(PLACE.findall(text)) for text in forms(message.id)]
        most = more[0] if more else one
        for text in forms(message.string):
            found = set(PLACE.findall(text))
            assert found <= most and found >= (one & most) - ({"num"} if more else set()), (message.id, text)
            assert "%" not in PLACE.sub("", text).replace("%%", ""), (message.id, text)
        if more:
            assert set(PLACE.findall(forms(message.string)[-1])) == most, message.id


def test_the_ends_are_those_of_the_sentence(tongue: Catalog) -> None:
    for message in sentences(tongue):
        ends = {(text[:1].isspace(), text[-1:].isspace(), text[-1:] in ".…:") for text in forms(message.id)}
        for text in forms(message.string):
            assert (text[:1].isspace(), text[-1:].isspace(), text[-1:] in ".…:") in ends, (message.id, text)
            assert "  " not in text and not re.search(r"[\r\n\t]", text), (message.id, text)


def test_no_translation_is_markup(tongue: Catalog) -> None:
    """A template takes a translation for as safe as itself."""
    for message in sentences(tongue):
        for text in forms(message.string):
            assert not re.search(r"[<>&{}]|\\", text), (message.id, text)


def test_a_translation_is_about_as_long_as_the_sentence(tongue: Catalog) -> None:
    """The rail, buttons and heads of columns have little room."""
    for message in sentences(tongue):
        for one, text in zip(forms(message.id), forms(message.string), strict=False):
            assert len(text) <= max(24, 1.7 * len(one) + 8), (one, text)
    for place in frame.RAIL:
        said = tongue.get(place.title)
        assert said is not None and len(str(said.string)) <= 14


def test_every_sentence_that_code_says_is_collected() -> None:
    known = {key(message) for message in sentences(template())}
    said = [*notices.NOTICES.values(), *(place.title for place in frame.RAIL), *entry.SENTENCES.values()]
    said += [text for pair in mishap.SENTENCES.values() for text in pair if text]
    said += [*mishap.FORBIDDEN.values(), *mishap.OUR_FAULT, entry.WRONG, entry.WRONG_OLD, entry.SLOW, entry.VERY_SLOW]
    said += [*refusals.SENTENCES.values(), refusals.OTHERWISE]
    said += [text for texts in vars(terms.TERMS).values() for text in texts.values()]
    assert set(said) - known == set()


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_what_is_wrong_is_said_in_a_sentence_that_is_collected(path: Path) -> None:
    code = path.read_text("utf-8")
    assert re.findall(r"(?:Unfit|Flaw|_Wrong|Slowed)\((?:\w+=|\*\*\{\"\w*\": )?f?\"[A-Z].*", code) == []


def test_every_refusal_that_has_a_reason_has_a_sentence() -> None:
    assert set(refusals.SENTENCES) == set(refusal.REASONS)


COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
UNTRANSLATED = {"jivod", "· jivod", "j", "/chats/"}  # the name of the product, a key of the keyboard, a path
READ = re.compile(r"\s(?:title|placeholder|aria-label|alt|data-of)=\"([^\"]*)\"")


def text_of(source: str) -> set[str]:
    """What stands in a template to be read, and comes from no catalog and no value."""
    plain = EXPRESSION.sub("\0", COMMENT.sub("", source))
    read = [*READ.findall(plain), *re.split(r"<[^>]*>|\0", plain)]
    return {text.strip() for part in read for text in part.split("\0") if set(text) & set(ascii_letters)}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_that_cannot_be_translated(path: Path) -> None:
    assert text_of(path.read_text("utf-8")) - UNTRANSLATED == set()


def test_words_left_in_a_template_are_found() -> None:
    left = '<p title="Old">Some {{ words }} {# none #}</p>{% if a %}Left{% endif %}<b class="x">·</b>'
    assert text_of(left) == {"Old", "Some", "Left"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_sentence_in_a_template_is_a_literal(path: Path) -> None:
    """Else it would be in no catalog: what code says is printed by `said`."""
    calls = re.findall(r"(?<![\w.])(?:_|ngettext|pgettext)\(\s*(.)", COMMENT.sub("", path.read_text("utf-8")))
    assert [first for first in calls if first not in "\"'"] == []
    assert not re.search(r"_\((?:\"[^\"]*\"|'[^']*')\s*[~%+]", path.read_text("utf-8"))
