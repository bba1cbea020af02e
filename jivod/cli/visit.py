"""Visit: an operator has the store open for something; the audit log keeps who, what for, and whom it was about."""

from __future__ import annotations

import os
import pwd
import time
from collections.abc import Iterable
from pathlib import Path

import click
from attrs import define, evolve, field

from jivod.cli.screen import clean
from jivod.model.audit import CHANGING, DONE, LONGEST, MANY, REFUSED, Record
from jivod.model.errand import ASKED_BY
from jivod.model.errors import JivodError, Refused
from jivod.store.ledger import Ledger

LOGIN = Path("/proc/self/loginuid")
NOBODY = 0xFFFFFFFF  # nobody logged in: a timer, a container


@define(eq=False)
class Visit:
    """One use of the store. What changes something is on record, on the disk, before it begins."""

    ledger: Ledger
    asked: Record
    _customers: dict[str, None] = field(factory=dict)
    _entries: list[int] = field(factory=list)
    _begun: int = 0
    is_undone: bool = False

    def begin(self) -> None:
        """Raises Refused where a change cannot be recorded."""
        if self.asked.action in CHANGING:
            try:
                self._begun = self.ledger.begin(self.asked)
            except JivodError as error:
                raise Refused(str(error)) from error

    def touch(self, customers: Iterable[str], entries: Iterable[int] = (), about: str = "") -> None:
        """These customers were shown or changed, by these journal entries; or the token or user `about`."""
        self._customers |= dict.fromkeys(customers)
        self._entries += entries
        self.asked = evolve(self.asked, about=about or self.asked.about)
        if max(len(self._customers), len(self._entries)) >= MANY:
            self._write(DONE)

    def end(self, result: str) -> None:
        """It ended so."""
        self._write(REFUSED if self.is_undone and result == DONE else result)
        self.ledger.close()

    def _write(self, result: str) -> None:
        customers = tuple(dict.fromkeys([*self.asked.customers, *self._customers]))
        record = evolve(self.asked, at=now(), result=result, customers=customers, entries=tuple(self._entries))
        self._customers, self._entries = {}, []
        error = self.ledger.note(record, self._begun)
        if error is not None:
            click.echo(clean(f"jivod: {error}; what you did is not on record"), err=True)


def operator() -> str:
    """The login name of who runs this: also where he goes on as another user, as far as the system knows him. Where
    nobody has logged in, and the daemon runs it for the API, the name of the token.
    """
    login, asked_by = _login(), os.environ.get(ASKED_BY)
    if login is None and asked_by:
        return asked_by[:LONGEST]
    for uid in (login, _sudo(), os.getuid()):
        if uid is not None:
            try:
                return pwd.getpwuid(uid).pw_name
            except KeyError:
                return f"user {uid}"
    raise AssertionError("a process has a user")


def _login() -> int | None:
    try:
        uid = int(LOGIN.read_text())
    except (OSError, ValueError):
        return None
    return None if uid == NOBODY else uid


def _sudo() -> int | None:
    text = os.environ.get("SUDO_UID", "") if os.getuid() == 0 else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def now() -> int:
    """UNIX ms."""
    return time.time_ns() // 1_000_000


def verb() -> str:
    """What was called, without what was said."""
    context = click.get_current_context(silent=True)
    return " ".join(context.command_path.split()[1:]) if context else ""
