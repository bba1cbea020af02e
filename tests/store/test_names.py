"""Names fold alike however they were typed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given

from jivod.store.names import NAME_MAX, WORD_MAX, fold, words
from tests.strategies.records import texts


@pytest.mark.parametrize("name", ["IŞIK İNCİ", "ışık inci", "Işık İnci", "ISIK INCI", "I\u0307s\u0327ik inci"])
def test_turkish_letters_are_one_letter_in_every_case(name: str) -> None:
    assert words(name) == {"isik", "inci"}


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("José  Ángel", {"jose", "angel"}),
        ("O'Neill-Smith", {"o", "neill", "smith"}),
        ("Ёлкина", {"елкина"}),
        ("ＡＮＮＡ", {"anna"}),
        ("Straße", {"strasse"}),
        ("  ", set()),
        ("🙂", set()),
        ("田中 さくら", {"田中", "さくら"}),
    ],
)
def test_case_marks_and_punctuation_fall_away(name: str, folded: set[str]) -> None:
    assert words(name) == folded


@given(texts(max_size=80))
def test_folding_twice_changes_nothing_more(name: str) -> None:
    once = fold(name)
    assert fold(once[:NAME_MAX]) == once[:NAME_MAX]


@given(texts(max_size=80))
def test_words_are_never_blank_and_fit_into_a_key_as_text(name: str) -> None:
    assert all(0 < len(word.encode()) <= WORD_MAX for word in words(name))


def test_a_long_word_is_cut_between_two_characters() -> None:
    (word,) = words("ж" * 63)
    assert word == "ж" * (WORD_MAX // 2)


def test_hostile_text_of_any_length_folds_at_once() -> None:
    hostile = "a" + "\u0301\u0323\u0300" * 100_000
    begin = time.perf_counter()
    fold(hostile)
    assert time.perf_counter() - begin < 0.1
