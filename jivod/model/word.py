"""Word: what a decision has the operator say of a customer: an attribute and its value, as a claim has them."""

from __future__ import annotations

from jivod.model.claim import CLEARED_PREFIX, OPERATOR, PRIMARY_PREFIX, Claim
from jivod.model.decision import Clear, Confirm, Decision, Edit, Primary, Retract
from jivod.model.value import frozen


@frozen
class Word:
    """`attribute` = `value`, by the decision that is journal entry `seq`."""

    attribute: str
    value: str
    seq: int

    def is_said_by(self, claim: Claim) -> bool:
        """Whether an operator says the same there, by whatever decision."""
        return claim.identity == (self.attribute, self.value, OPERATOR)

    def is_all_of(self, claim: Claim) -> bool:
        """Whether the claim is this word alone: once it was joined with a later one, the two are not told apart."""
        return self.is_said_by(claim) and claim.seq == self.seq and claim.first_at == claim.last_at


def word(decision: Decision, seq: int) -> Word | None:
    """The word of the decision that is entry `seq`, or the one that it takes back; None where it says nothing of what
    is known of a customer.
    """
    match decision:
        case Edit(attribute=attribute, value=value):
            return Word(attribute, value, seq)
        case Clear(attribute=attribute, value=value):
            return Word(CLEARED_PREFIX + attribute, value, seq)
        case Confirm(key=key):
            return Word(key.kind, key.value, seq)
        case Primary(key=key):
            return Word(PRIMARY_PREFIX + key.kind, key.value, seq)
        case Retract(attribute=attribute, value=value, of=of):
            return Word(attribute, value, of)
    return None
