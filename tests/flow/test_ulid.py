"""Ids sort by time and keep all their bits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jivod.flow.ulid import LENGTH, ulid

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
moments = st.integers(0, 2**48 - 1)
secrets = st.binary(min_size=10, max_size=10)


def read(id: str) -> tuple[int, bytes]:
    number = 0
    for letter in id:
        number = number * 32 + LETTERS.index(letter)
    return number >> 80, (number & (2**80 - 1)).to_bytes(10, "big")


@given(moments, secrets)
def test_an_id_holds_its_moment_and_its_secret(at: int, secret: bytes) -> None:
    assert len(ulid(at, secret)) == LENGTH
    assert read(ulid(at, secret)) == (at, secret)


@given(moments, moments, secrets, secrets)
def test_ids_sort_by_their_moments(a: int, b: int, one: bytes, other: bytes) -> None:
    if a < b:
        assert ulid(a, one) < ulid(b, other)
