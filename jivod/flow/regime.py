"""Regime: which policy decides, and which did back then. The store notes each with the entry that it begins at."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from jivod.model.value import frozen
from jivod.policy.file import parse
from jivod.policy.rules import DEFAULT, Rules
from jivod.store import journal, keys, meta, policies
from jivod.store.kv import Txn
from jivod.store.tables import POLICIES

BUILT_IN = ""  # the text of the policy where there is no file
_FOREIGN = "foreign_decisions"  # in table meta: the last entry before which they may be; see `Past`


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


@frozen(kw_only=True)
class Past:
    """Which rules decided when, for as long as nobody adopts others: `rules[i]` from journal entry `begins[i]` on.

    Up to entry `foreign` people decided about customers as other policies than these had told them apart.
    """

    begins: tuple[int, ...]
    rules: tuple[Rules, ...]
    foreign: int

    def at(self, seq: int) -> Rules:
        """The rules under which journal entry `seq` is to be folded."""
        place = bisect_right(self.begins, seq)
        return self.rules[place - 1] if place else DEFAULT

    def is_of(self, rules: Rules) -> bool:
        """Whether nothing but `rules` decided, from the first entry on."""
        return all(each == rules for each in (self.at(1), *self.rules))


def past(txn: Txn) -> Past:
    """What the store knows of it."""
    listed = policies.listed(txn)
    return Past(
        begins=tuple([seq for seq, _ in listed]),
        rules=tuple([rules_of(text) for _, text in listed]),
        foreign=meta.value(txn, _FOREIGN) or 0,
    )


def hand_down(source: Txn, target: Txn, text: str | None = None) -> None:
    """Let an empty store fold the journal of `source` by the policies of its time, or all of it by the policy `text`.
    Raises BadConfig.
    """
    there = past(source)
    anew = text is not None and not there.is_of(rules_of(text))
    for seq, each in policies.listed(source) if text is None else [(1, text)]:
        policies.adopt(target, seq, each)
    if foreign := journal.last(source) if anew else there.foreign:
        meta.set_value(target, _FOREIGN, foreign)


def cut(txn: Txn, seq: int) -> None:
    """Forget what was adopted, or found foreign, behind journal entry `seq`."""
    for key, _ in list(txn.range(POLICIES, keys.up(seq + 1))):
        txn.delete(POLICIES, key)
    if (meta.value(txn, _FOREIGN) or 0) > seq:
        meta.set_value(txn, _FOREIGN, seq)
