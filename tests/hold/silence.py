"""Silence: what a daemon wrote while a test ran, searched for all that is private in its store and its secrets.

`tests.smoke.daemon.running` demands it of every daemon at its end, so that the logs of a whole run are searched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from jivod.model.entry import EVENT, Entry
from jivod.model.errors import Damaged, JivodError
from jivod.store import customers, journal, quarantine
from jivod.store.kv import Engine, Txn
from jivod.store.lmdb import open_engine
from tests.hold.private import SHORTEST, shown, values, with_digits

T = TypeVar("T")

NEWEST = 300  # entries of the journal, and customers, that are looked at
_GREETING = re.compile(r"^(?:Paste this webhook URL into Jivo|Nobody can sign in yet\. Make yourself).*$", re.MULTILINE)
_SECRETS = re.compile(r'(?:secret|token|key)\w*"?\s*=\s*"([^"]+)"')
_MAP_SIZE = 1 << 28
_EVERYDAY = frozenset({"visitor", "customer", "message", "script", "version"})  # names of nobody, and words of the logs


def demand_silence(directory: Path, said: str, *, greets: bool) -> None:
    """Raise AssertionError if in what a daemon `said` there stands anything private of its `directory`. `greets`: its
    first lines tell the secret to the person who started it, and are no log.
    """
    private = secrets(directory)
    if (data := directory / "state" / "data" / "data.mdb").exists():
        private |= people(data)
    log = _GREETING.sub("", said) if greets else said
    assert shown(log, private) == set(), "the log tells what is private"


def secrets(directory: Path) -> set[str]:
    """Of the configuration, and of all files that hold one."""
    found: set[str] = set()
    for path in (*directory.glob("*.toml"), *directory.rglob("*.secret"), *directory.rglob("*.key")):
        text = path.read_text("utf-8", "replace")
        found |= set(_SECRETS.findall(text)) if path.suffix == ".toml" else {text.strip()}
    return {secret for secret in found if len(secret) >= SHORTEST and not (directory / secret).exists()}


def people(data: Path) -> set[str]:
    """Whatever is known of somebody in the newest records of a store; nothing where a test has spoiled all of it."""
    found: set[str] = set()
    try:
        engine = open_engine(data.parent, max(_MAP_SIZE, data.stat().st_size * 2))
    except JivodError:
        return found
    try:
        last = engine.read(journal.last)
        for entry in _found(engine, lambda txn: journal.after(txn, max(last - NEWEST, 0), NEWEST)):
            found |= _said(entry)
        for item in _found(engine, lambda txn: quarantine.listed(txn, NEWEST)):
            found |= values(item.body)
        for id in _found(engine, lambda txn: customers.newest(txn, NEWEST)):
            found |= with_digits(set(_claimed(engine, id)))
    finally:
        engine.close()
    return {value for value in found if value.casefold() not in _EVERYDAY}


def _said(entry: Entry) -> set[str]:
    return values(entry.body) if entry.kind == EVENT else set()


def _claimed(engine: Engine, id: str) -> Iterator[str]:
    for customer in _found(engine, lambda txn: [customers.get(txn, id)]):
        for claim in customer.claims if customer else ():
            yield from (claim.value, claim.raw)


def _found(engine: Engine, job: Callable[[Txn], list[T]]) -> list[T]:
    """Nothing of what a test has damaged."""
    try:
        return engine.read(job)
    except Damaged:
        return []
