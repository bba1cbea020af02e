"""The strategies for records keep what the model promises."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jivod.model.claim import NAME, Claim
from jivod.model.customer import Customer, Edge
from jivod.model.reason import Review
from tests.strategies import records


@given(records.texts())
def test_text_is_clean(text: str) -> None:
    assert "\0" not in text
    text.encode()


@given(records.customers())
def test_the_claims_of_a_customer_are_sorted_and_one_of_each(customer: Customer) -> None:
    identities = [claim.identity for claim in customer.claims]
    assert identities == sorted(set(identities))


@given(records.claims(attributes=st.just(NAME), names=st.just("Anna")))
def test_a_dial_decides_what_it_is_turned_to(claim: Claim) -> None:
    assert (claim.attribute, claim.value) == (NAME, "Anna")
    assert claim.first_at <= claim.last_at


@given(records.reviews(), records.edges())
def test_pairs_are_of_two_different_customers(review: Review, edge: Edge) -> None:
    assert review.a < review.b
    assert edge.loser != edge.winner
