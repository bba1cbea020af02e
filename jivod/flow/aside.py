"""Aside: decisions that change no customer: what people want to remember of one, and what they look at later.

As those of `flow.steward`, each is journaled and carried out, or refused with a sentence that says what to do instead.
"""

from __future__ import annotations

from jivod.flow.steward import Hand, decide, living_of
from jivod.flow.typed import is_storable
from jivod.model.decision import Delay, Note, Strike
from jivod.model.entry import Entry
from jivod.model.errors import Damaged, Refused
from jivod.store import journal, notes
from jivod.store.kv import Txn
from jivod.wire import decision as wire

LONGEST_NOTE = 8192  # characters
FURTHEST = 366 * 86_400_000  # ms: for no longer a review is put off


def note(txn: Txn, hand: Hand, id: str, text: str) -> Entry:
    """Keep `text` with the customer, for whoever opens his page."""
    plain = text.strip()
    if not plain or len(plain) > LONGEST_NOTE or not is_storable(plain):
        raise Refused(f"a note has 1 to {LONGEST_NOTE} characters; write what others should know")
    return decide(txn, hand, Note(by=hand.by, customer=living_of(txn, id), text=plain))


def strike(txn: Txn, hand: Hand, id: str, seq: int, *, struck: bool = True) -> Entry:
    """Take away the note that is journal entry `seq`, of this customer; not `struck`: let it stand again."""
    root, slip, entry = living_of(txn, id), notes.get(txn, seq), journal.get(txn, seq)
    if slip is None or entry is None:
        raise Refused(f"#{seq} is no note; `jivod show {root} --why` lists them by their numbers")
    written = wire.read(entry.body)
    if not isinstance(written, Note):
        raise Damaged("notes: a row names an entry that is none; run `jivod check`")
    if living_of(txn, written.customer) != root:
        raise Refused(f"#{seq} is no note about this customer; `jivod show {root} --why` lists his by their numbers")
    if bool(slip.struck) == struck:
        raise Refused(f"the note #{seq} {'was taken away already' if struck else 'stands already'}")
    return decide(txn, hand, Strike(by=hand.by, customer=written.customer, note=seq, struck=struck))


def put_off(txn: Txn, hand: Hand, a: str, b: str, until: int) -> Entry:
    """Ask whether the two are one again at `until` (UNIX ms); 0: now, whatever was said before."""
    if until and not hand.at < until <= hand.at + FURTHEST:
        raise Refused("a review is put off to a day of the next year; name one of those")
    one, other = living_of(txn, a, "the first id"), living_of(txn, b, "the second id")
    return decide(txn, hand, Delay(by=hand.by, a=one, b=other, until=until))
