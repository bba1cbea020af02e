"""Kv: the whole contract of a storage engine, small enough that any ordered key-value store can keep it.

Keys are 1 to `KEY_MAX` bytes and sort bytewise; values are any bytes. A job is a function of a transaction and of
nothing else: it may not keep the transaction, nor an iterator of it, beyond its own return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from jivod.model.value import frozen

T = TypeVar("T")

KEY_MAX = 511


class Txn(Protocol):
    """A transaction, as a job sees it: its own writes are visible to it at once.

    ValueError: a key of a wrong length. KeyError: a table not in `store.tables`. RuntimeError: a write in a read job,
    or use after the job returned.
    """

    def get(self, table: str, key: bytes) -> bytes | None:
        """The value, or None."""

    def put(self, table: str, key: bytes, value: bytes) -> None:
        """Set the value, whether or not there was one."""

    def append(self, table: str, key: bytes, value: bytes) -> None:
        """As `put`, for a key that is most likely behind all others of the table: what comes in order lies close."""

    def delete(self, table: str, key: bytes) -> None:
        """Take the key away; no error if it is absent."""

    def range(
        self, table: str, lo: bytes = b"", hi: bytes | None = None, *, reverse: bool = False, limit: int | None = None
    ) -> Iterator[tuple[bytes, bytes]]:
        """Every (key, value) with lo <= key < hi, ascending or, if `reverse`, descending; at most `limit`.

        Lazy. Writing to the same table while iterating is not allowed: make a list first.
        """


Job = Callable[[Txn], T]


@frozen(kw_only=True)
class Outcome:
    """What came of one job: its value, or the error for which it alone was rolled back."""

    value: Any = None
    error: Exception | None = None


@frozen(kw_only=True)
class Size:
    """Bytes: taken, free pages within included; the most that fits; free on the disk beside it."""

    used: int
    mapped: int
    free_disk: int


class Engine(Protocol):
    """An ordered key-value store with one writer at a time and any number of consistent readers."""

    def write(self, jobs: Sequence[Job[Any]]) -> list[Outcome]:
        """Run `jobs` in order in one transaction, made durable by one flush before this returns.

        A job that raises is rolled back alone; the later ones run as if it had never been. One outcome per job.
        Jobs may be run more than once: they have no effect but on their transaction.
        Raises StoreFull or StoreFailed if the transaction as a whole cannot be kept: then nothing was written.
        After StoreFailed every further write fails at once: the process has to restart.
        """

    def read(self, job: Job[T]) -> T:
        """Run `job` over a consistent snapshot of what is committed; what it raises passes through."""

    def size(self) -> Size:
        """How much is used and how much is left, for alarms before it is full."""

    def reader_check(self) -> int:
        """Free the slots of readers that died; how many there were.

        Worth doing each minute: while a dead reader holds a slot, the file grows.
        """

    def follow(self) -> bool:
        """Go on with the store that took the place of this one, if one did; whether one did.

        A write does so by itself; worth doing each second, so that nothing of the old one is kept for long.
        """

    def close(self) -> None:
        """Release everything. No job may be running; closing twice is no error."""


def bad_key(table: str, key: bytes) -> ValueError:
    """The error for a key of a wrong length."""
    return ValueError(f"a key of table {table} has {len(key)} bytes; 1 to {KEY_MAX} are allowed")


def prefix_end(prefix: bytes) -> bytes | None:
    """The `hi` of all keys that begin with `prefix`; None if only the end of the table bounds them."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes((stem[-1] + 1,)) if stem else None
