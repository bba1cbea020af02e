"""Words: what a person decided, what a rule did, and how many, as people say it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from jivod.model.contact import Key
from jivod.model.decision import (
    Clear,
    Confirm,
    Create,
    Decision,
    Delay,
    Detach,
    Different,
    Edit,
    Erase,
    Merge,
    Note,
    Primary,
    Retain,
    Retract,
    Shared,
    Strike,
    Unmerge,
)

_LISTED = 5  # of many, so many are named


def words(decision: Decision) -> str:
    """One decision."""
    match decision:
        case Create(customer=customer, said=said):
            return f"{customer} entered with {listed([f'{attribute} {value}' for attribute, value in said])}"
        case Edit(attribute=attribute, value=value, settles=settles):
            return f"{attribute} {'settled as' if settles else 'is'} {value}"
        case Clear(attribute=attribute, value=value):
            return f"{attribute} {value or 'as a whole'} taken away"
        case Confirm(key=key):
            return f"{key_words(key)} confirmed"
        case Primary(key=key):
            return f"{key_words(key)} stands first"
        case Retain(months=months, spans=spans):
            return f"the content of {sum(last - first + 1 for first, last in spans)} entries went after {months} months"
        case Erase(customers=ids, reason=reason):
            return f"{listed(ids)} erased: {reason}"
        case Merge(loser=loser, winner=winner):
            return f"{loser} became part of {winner}"
        case Shared(key=key, shared=shared):
            return f"{key_words(key)} is " + (
                "shared: it decides nothing" if shared else "one customer's own: it decides"
            )
    return _more(decision)


def _more(decision: Decision) -> str:
    match decision:
        case Unmerge(customers=ids, tree=tree):
            verb = "stands for itself" if len(ids) == 1 else "stand for themselves"
            return f"{listed(ids)} {verb} again" + (", and so does all that was in there" if tree else "")
        case Detach(customer=customer, seqs=seqs):
            return f"the conversations of {listed([f'#{seq}' for seq in seqs])} taken away from {customer}"
        case Different(a=a, b=b, different=different):
            return f"{a} and {b} " + ("are different people" if different else "may be one after all")
        case Delay(a=a, b=b, until=until):
            when = f"on {datetime.fromtimestamp(until / 1000, UTC).date()}" if until else "now"
            return f"whether {a} and {b} are one is asked again {when}"
        case Note(text=text):
            return f"note: {text}"
        case Strike(note=note, struck=struck):
            return f"the note #{note} " + ("taken away" if struck else "stands again")
        case Retract(of=of, subject=subject, value=value):
            return f"#{of} undone: {subject} {value or 'as a whole'}"
    raise TypeError(f"no words for {type(decision).__name__}")


def key_words(key: Key) -> str:
    """A key with its kind."""
    return f"{key.kind} {key.value}"


def listed(values: Sequence[str]) -> str:
    """The first few, and how many more."""
    more = len(values) - _LISTED
    return ", ".join(values[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def counted(number: int, noun: str, several: str = "") -> str:
    """1 chat, 2 chats."""
    return f"{number} {noun}" if number == 1 else f"{number} {several or noun + 's'}"
