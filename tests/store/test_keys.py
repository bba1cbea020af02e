"""Laws of the key codec. FoundationDB's tuple layer and plain tuples are the oracles."""

from __future__ import annotations

from itertools import pairwise

import fdb.tuple
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jivod.store import keys
from jivod.store.kv import KEY_MAX, prefix_end
from tests.strategies.records import texts

INTEGERS = st.integers(0, 2**64 - 1)
SHORT = texts(max_size=12)
ANY = st.text(st.characters(), max_size=200)  # NUL and lone surrogates too
TUPLES = st.tuples(SHORT, INTEGERS, SHORT)


@given(st.lists(TUPLES, min_size=2, max_size=6))
def test_packed_keys_sort_like_their_tuples(some: list[tuple[str, int, str]]) -> None:
    assert sorted(some, key=lambda t: keys.pack(*t)) == sorted(some)


@given(st.lists(TUPLES, min_size=2, max_size=6))
def test_packed_keys_sort_as_foundationdb_sorts_them(some: list[tuple[str, int, str]]) -> None:
    assert sorted(some, key=lambda t: keys.pack(*t)) == sorted(some, key=fdb.tuple.pack)


@given(st.lists(st.tuples(SHORT, INTEGERS), min_size=2, max_size=6))
def test_descending_integers_sort_newest_first(some: list[tuple[str, int]]) -> None:
    packed = sorted(some, key=lambda t: keys.text(t[0]) + keys.down(t[1]))
    assert packed == sorted(some, key=lambda t: (t[0], -t[1]))


@given(ANY, ANY)
def test_different_texts_have_different_keys(a: str, b: str) -> None:
    assume(a != b)
    assert keys.text(a) != keys.text(b)


@given(st.lists(ANY, min_size=1, max_size=3), st.lists(ANY, min_size=1, max_size=3))
def test_a_key_is_the_beginning_of_another_only_if_its_tuple_is(a: list[str], b: list[str]) -> None:
    assert keys.pack(*b).startswith(keys.pack(*a)) == (b[: len(a)] == a)


@given(SHORT, st.lists(st.tuples(SHORT, SHORT), max_size=6))
def test_the_range_of_a_first_component_holds_the_keys_with_it_and_no_other(
    first: str, some: list[tuple[str, str]]
) -> None:
    prefix = keys.text(first)
    end = prefix_end(prefix)
    inside = [t for t in some if prefix <= keys.pack(*t) and (end is None or keys.pack(*t) < end)]
    assert inside == [t for t in some if t[0] == first]


@given(st.tuples(ANY, ANY, ANY), INTEGERS)
def test_three_texts_and_an_integer_always_make_a_fitting_key(some: tuple[str, str, str], number: int) -> None:
    assert 0 < len(keys.pack(*some, number)) <= KEY_MAX


@pytest.mark.parametrize("value", ["x" * (keys.TEXT_MAX + 1), "ş" * 100, "a\0b", "\ud800"])
def test_text_unfit_for_a_key_is_digested_and_sorts_behind_all_other(value: str) -> None:
    assert keys.text(value) > keys.text("\U0010ffff" * 20)
    with pytest.raises(ValueError, match="digest"):
        keys.unpack_text(keys.text(value))


def test_text_of_just_the_most_bytes_is_kept_as_it_is() -> None:
    assert keys.unpack_text(keys.text("x" * keys.TEXT_MAX)) == "x" * keys.TEXT_MAX


@given(texts(max_size=30))
def test_short_text_can_be_had_back(value: str) -> None:
    assert keys.unpack_text(keys.text(value)) == value


@given(SHORT, INTEGERS)
def test_the_integer_at_the_end_can_be_had_back(value: str, number: int) -> None:
    assert keys.unpack_int(keys.pack(value, number)) == number


@given(ANY, INTEGERS, ANY)
def test_rest_is_what_follows_the_leading_components(a: str, number: int, b: str) -> None:
    whole = keys.pack(a, number, b)
    assert keys.rest(whole, "ti") == keys.text(b)
    assert keys.rest(whole, "t") == keys.up(number) + keys.text(b)
    assert keys.rest(whole, "") == whole


@pytest.mark.parametrize(("key", "shape"), [(b"no end", "t"), (b"a\0", "t"), (b"a\0short", "ti")])
def test_rest_of_a_key_that_is_too_short_is_refused(key: bytes, shape: str) -> None:
    with pytest.raises(ValueError, match=r"not found|too early"):
        keys.rest(key, shape)


@pytest.mark.parametrize("number", [-1, 2**64])
def test_integers_outside_eight_bytes_are_refused(number: int) -> None:
    for pack in (keys.up, keys.down):
        with pytest.raises(OverflowError):
            pack(number)


def test_the_newest_comes_first_at_the_very_ends() -> None:
    ends = [keys.down(n) for n in (2**64 - 1, 2**63, 1, 0)]
    assert all(a < b for a, b in pairwise(ends))
