"""Rulebook: by whose rules is an event decided? Asked inside its job, so that the moment it runs counts, not the queue.

A policy begins with a journal entry. While a change of it is on its way to the disk the store alone knows on which side
of it a job runs: a group may fail, or be run again. At all other times the answer is at hand.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import evolve

from jivod.flow import regime
from jivod.flow.case import Desk
from jivod.policy.rules import Rules
from jivod.store.kv import Job, Txn


class Rulebook:
    """`desk` is the one to begin with. Only one change at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._is_changing = False

    @property
    def rules(self) -> Rules:
        """The rules in force, as far as is known outside of a transaction."""
        return self._desk.rules

    def link(self, customer: str) -> str:
        """The customer's page."""
        return self._desk.link(customer)

    def desk(self, txn: Txn) -> Desk:
        """The desk that decides the next journal entry of `txn`, which may write."""
        return evolve(self._desk, rules=regime.in_force(txn)) if self._is_changing else self._desk

    async def change(self, text: str, submit: Callable[[Job[bool]], Awaitable[bool]]) -> bool:
        """Let the policy `text`, which can be read, decide from the next journal entry on; False if it does already.

        `submit` brings a job to the writer. What it raises passes through, and the rules in force stay.
        """
        self._is_changing = True
        try:
            is_new = await submit(lambda txn: regime.adopt(txn, text))
            self._desk = evolve(self._desk, rules=regime.rules_of(text))
        finally:
            self._is_changing = False
        return is_new
