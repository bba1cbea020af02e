"""Regime: which policy decides, and which did back then. The store notes each with the entry that it begins at."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from jivod.model.value import frozen
from jivod.policy.file import parse
from jivod.policy.rules import DEFAULT, Rules
from jivod.store import journal, policies
from jivod.store.kv import Txn

BUILT_IN = ""  # the text of the policy where there is no file


@lru_cache(maxsize=32)
def rules_of(text: str) -> Rules:
    """The rules that a policy's text says. Raises BadConfig."""
    return DEFAULT if text == BUILT_IN else parse(text).rules


def adopt(txn: Txn, text: str) -> bool:
    """From the next entry on the policy `text` decides; False if it does already."""
    coming = journal.last(txn) + 1
    if policies.at(txn, coming) == text:
        return False
    policies.adopt(txn, coming, text)
    return True


def in_force(txn: Txn) -> Rules:
    """The rules that decide now."""
    return at(txn, journal.last(txn) + 1)


def at(txn: Txn, seq: int) -> Rules:
    """The rules under which journal entry `seq` was, or would be, folded."""
    return rules_of(policies.at(txn, seq))


@frozen
class Past:
    """Which rules decided when, for as long as nobody adopts others: `rules[i]` from journal entry `begins[i]` on."""

    begins: tuple[int, ...]
    rules: tuple[Rules, ...]

    def at(self, seq: int) -> Rules:
        """The rules under which journal entry `seq` is to be folded."""
        place = bisect_right(self.begins, seq)
        return self.rules[place - 1] if place else DEFAULT


def past(txn: Txn) -> Past:
    """Every policy that the store knows."""
    listed = policies.listed(txn)
    return Past(tuple([seq for seq, _ in listed]), tuple([rules_of(text) for _, text in listed]))
