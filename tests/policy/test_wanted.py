"""What is typed into the box: words, phrases, and a last word that may go on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.policy.fold import fold
from jivod.policy.wanted import MOST, wanted


@pytest.mark.parametrize(
    ("text", "phrases", "is_open"),
    [
        ("kargo", (("kargo",),), True),
        ("kargo nerede", (("kargo",), ("nerede",)), True),
        ('"ne zaman" gel', (("ne", "zaman"), ("gel",)), True),
        ('gel "ne zaman"', (("gel",), ("ne", "zaman")), False),
        ('"açık kalan', (("acik", "kalan"),), False),
        ("«ne zaman» “ya da”", (("ne", "zaman"), ("ya", "da")), False),
        ("ali@exam", (("ali", "exam"),), True),
        ("İstanbul'da", (("istanbul", "da"),), True),
        ("你好", (("你", "好"),), False),
        ("a", (("a",),), False),
        ("kargo ...", (("kargo",),), False),
        ("NEAR(a b) c* -d ^e col:f", (("near", "a"), ("b",), ("c",), ("d",), ("e",), ("col", "f")), False),
    ],
)  # fmt: skip
def test_what_it_asks_for(text, phrases, is_open):
    found = wanted(text)
    assert found is not None and (found.phrases, found.is_open) == (phrases, is_open)


@pytest.mark.parametrize("text", ["", "  ", '"', '""', '" "', "()", "*", "\u0301"])
def test_nothing(text):
    assert wanted(text) is None


def test_only_some_words_count():
    found = wanted("a b c d e f g h i j k l m n o")
    assert found is not None and len(found.words) == MOST and not found.is_open


@given(st.text())
def test_any_text_asks_for_folded_words_or_nothing(text):
    found = wanted(text)
    assert found is None or all(fold(word) == word for word in found.words)
