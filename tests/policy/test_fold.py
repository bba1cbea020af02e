"""Folding: one spelling of all that people type for the same, and each word's place in what was typed."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.policy.fold import WORD_MAX, fold, is_alone, words

TURKISH = str.maketrans("ıiçğöşüI", "Iİçğöşüı")
texts = st.text() | st.text("ıİiIşŞğĞёЁйßſﬁ½👍🏽ـةأ你好a1 .-\u0301\u200d")


def turkish_upper(text: str) -> str:
    return text.replace("i", "İ").replace("ı", "I").upper()


def turkish_lower(text: str) -> str:
    return text.replace("I", "ı").replace("İ", "i").lower()


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("Şişli", "sisli"),
        ("IĞDIR", "igdir"),
        ("ISTANBUL", "İstanbul"),
        ("ıIiİ", "iiii"),
        ("i\u0307stanbul", "istanbul"),
        ("Ёлка", "елка"),
        ("ПРИВЕТ", "привет"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("São João", "sao joao"),
        ("Łódź Ørsted Æsir", "lodz orsted aesir"),
        ("ﬁnal ＡＢＣ", "final abc"),
        ("أهلاً وسهلاً", "اهلا وسهلا"),
        ("مـــرحبا", "مرحبا"),
        ("٢٠٢٦", "2026"),
        ("👍🏽", "👍"),
        ("con\u00adfirm", "confirm"),
        ("a\ud800b", "ab"),
    ],
)
def test_alike(typed, other):
    assert fold(typed) == fold(other) != ""


def test_words_of_scripts_without_spaces_and_pictures_stand_alone():
    assert fold("你好世界 ok👍👍") == "你 好 世 界 ok 👍 👍"
    assert [is_alone(word) for word in fold("你 ok 👍").split()] == [True, False, True]


@pytest.mark.parametrize("empty", ["", " ", "...", "\u0301", '"', "-*^:(){}", "\u200b", "\ue000"])
def test_nothing_to_search_by(empty):
    assert fold(empty) == "" and words(empty) == []


def test_case_is_nothing_for_any_letter_there_is():
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    cased = [c for c in every if len({c.upper(), c.lower(), c}) > 1]
    wrong = [c for c in cased if len({fold(each) for each in (c, c.upper(), c.lower(), c.title(), c.casefold())}) > 1]
    assert wrong == []


@given(texts)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_no_way_to_write_it_in_capitals_is_another_word(text):
    assert {fold(turkish_upper(text)), fold(text.upper()), fold(text.swapcase())} == {fold(text)}
    assert fold(turkish_lower(text)) == fold(text.lower()) == fold(text)


@given(texts)
def test_words_are_the_folded_text_and_stand_where_they_say(text):
    found = words(text)
    assert " ".join(word.text for word in found) == fold(text)
    for word in found:
        assert 0 <= word.start < word.end <= len(text)
        assert word.text in fold(text[word.start : word.end]).split() or "½" in text
    assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(found))


def test_a_long_word_counts_by_its_beginning():
    assert fold("x" * 1000) == "x" * WORD_MAX == words("x" * 1000)[0].text
