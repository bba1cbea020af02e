"""Snippets: plain text in parts, of which those that were asked for are marked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.policy.fold import fold
from jivod.policy.snippet import CUT, WIDTH, Weights, best_line, score, snippet
from jivod.policy.wanted import wanted


def shown(text: str, query: str) -> str:
    found = wanted(query)
    assert found is not None
    return "".join(f"[{part.text}]" if part.marked else part.text for part in snippet(text, found))


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Şişli'de misiniz?", "sisli", "[Şişli]'de misiniz?"),
        ("Kargom İSTANBUL'a geldi mi", "istanbul", "Kargom [İSTANBUL]'a geldi mi"),
        ("siparişim nerede", "sip", "[siparişim] nerede"),
        ("siparişim nerede", '"sip"', "siparişim nerede"),
        ("<b>merhaba</b>", "b merhaba", "<[b]>[merhaba]</[b]>"),
        ("你好世界", "好世", "你[好世]界"),
        ("çok iyi 👍🏽!", "👍", "çok iyi [👍🏽]!"),
        ("yarım ½ kilo", "2", "yarım [½] kilo"),
        ("nothing of it", "else", "nothing of it"),
    ],
)
def test_what_is_marked(text, query, expected):
    assert shown(text, query) == expected


def test_a_long_text_is_cut_around_what_was_found():
    text = "lorem " * 200 + "kargo geldi " + "ipsum " * 200
    found = shown(text, "kargo")
    assert found.startswith(CUT) and found.endswith(CUT) and "[kargo] geldi" in found
    assert len(found) <= WIDTH + 10


def test_one_word_without_an_end():
    assert len(shown("x" * 5000, "xx")) <= 5010 and len(shown("x" * 5000, "y")) == WIDTH + 1


@given(st.text(max_size=400), st.text(min_size=1, max_size=20))
def test_the_parts_are_the_text(text, query):
    found = wanted(query)
    if found is not None:
        parts = snippet(text, found)
        plain = "".join(part.text for part in parts).removeprefix(CUT if len(text) > WIDTH else "")
        assert plain.removesuffix(CUT if len(text) > WIDTH else "") in text
        assert all(part.text for part in parts)
        assert all(a.marked != b.marked for a, b in pairwise(parts))
        for part in parts:
            begins = [word.startswith(want) for want in found.words for word in fold(part.text).split()]
            assert not part.marked or any(begins)


def test_the_line_with_most_of_the_words_is_shown():
    found = wanted("kargo iade")
    assert found is not None
    assert best_line(["merhaba", "kargo kargo", "iadesi ve kargo", "kargo iade"], found) == 2
    assert best_line(["merhaba", "selam"], found) == 0


def test_a_rare_word_says_more_than_a_frequent_one_and_the_new_more_than_the_old():
    weights, day = Weights(texts=1000, used={"merhaba": 1000, "iade": 3}), 86_400_000
    found = wanted('"merhaba" "iade"')
    assert found is not None

    def points(folded: str, at: int = 0) -> float:
        return score(folded, at, 1000 * day, found, weights, 3)

    assert points("iade iade merhaba") > points("merhaba merhaba iade") > points("merhaba merhaba merhaba") > 0
    assert points("iade merhaba", 1000 * day) > points("iade merhaba", 10 * day)
    assert points("iade merhaba") > points("iade merhaba " + "ve " * 50)
