"""Refusal: words for why something cannot be done, for who says it in the language of whoever asked."""

from __future__ import annotations

NOBODY = "nobody"  # there is no customer of an id
ONE = "one"  # two are one customer already
PART = "part"  # one of two is part of another customer
DIFFERENT = "different"  # a person called two different
ALONE = "alone"  # a record is part of no other
MANY = "many"  # more records than one decision may part

LARGE = "large"  # more entries than are taken apart
ELSEWHERE = "elsewhere"  # no conversations of this customer
ALL = "all"  # a customer would be left with nothing
MAKER = "maker"  # this conversation made the record that it would become

NO_SINK = "no sink"
HALTED = "halted"  # a sink is told nothing already

REASONS = (NOBODY, ONE, PART, DIFFERENT, ALONE, MANY, LARGE, ELSEWHERE, ALL, MAKER, NO_SINK, HALTED)
"""Every word."""
