"""Region: what is taken for a country is one whose numbers are read without a code."""

from __future__ import annotations

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from jivod.model import region
from jivod.policy import contact
from jivod.policy.rules import DEFAULT


@given(st.text(st.sampled_from("ABCDEGKRTUXZ"), min_size=1, max_size=3))
def test_a_number_typed_at_home_is_read_where_nothing_is_wrong_and_only_there(code):
    example = phonenumbers.example_number(code)
    if region.wrong(code) is None:
        typed = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
        (found,) = contact.phones(typed, (code,), DEFAULT)
        assert found.refused != "not a phone number"
    else:
        assert example is None


def test_the_united_kingdom_goes_by_another_code():
    assert region.wrong("UK") == ('no phone numbers are known of a country "UK"', 'did you mean "GB"?')
    assert region.wrong("GB") is None
