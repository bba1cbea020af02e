"""`jivod rebuild`: make the projections anew from the journal beside the store, and exchange the two; or compare."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import click
from attrs import asdict

from jivod.cli import swap
from jivod.cli.office import Office
from jivod.cli.screen import Progress, say, say_json
from jivod.flow import replay
from jivod.model.errors import Refused
from jivod.store import lock, meta
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine, open_engine
from jivod.store.tables import META, POLICIES, QUARANTINE, REPEATS

NEW = "data.rebuild"
OLD = "data.before-rebuild"
PAGE = 16  # rows at once; a body in quarantine may have a mebibyte

Rows = list[tuple[bytes, bytes]]


@click.command()
@click.option("--verify", is_flag=True, help="Only compare; change nothing. Exit code 1 if there is a difference.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def rebuild(ctx: click.Context, verify: bool, as_json: bool) -> None:
    """Make customers, chats and indexes anew from the journal.

    Not while the daemon runs, unless --verify. The store as it was stays beside the new one as data.before-rebuild.
    """
    office = ctx.find_object(Office)
    assert office is not None
    entries, differences = _verify(office) if verify else (_rebuild(office), [])
    if as_json:
        say_json({"entries": entries, "differences": [asdict(d) for d in differences]})
    else:
        for d in differences:
            say(f"table {d.table}, key {d.key}: {d.where}")
        say(f"{entries} journal entries folded" + (_verdict(len(differences)) if verify else ""))
    ctx.exit(1 if differences else 0)


def _verdict(differences: int) -> str:
    return ", no difference" if not differences else ", the store differs from its journal"


def _verify(office: Office) -> tuple[int, list[replay.Difference]]:
    """Compare a copy of this moment, so that the daemon may go on writing."""
    with ExitStack() as stack:
        live = stack.enter_context(office.store())
        scratch = stack.enter_context(_scratch(office.settings.state_dir / f".verify-{os.getpid()}"))
        live.copy(scratch / "copy")
        frozen = stack.enter_context(closing(open_engine(scratch / "copy", office.settings.map_size)))
        target = stack.enter_context(closing(_empty_twin(frozen, scratch / NEW, office)))
        entries = _fold(frozen, target, office)
        return entries, replay.differences(frozen, target)


def _rebuild(office: Office) -> int:
    state_dir = office.settings.state_dir
    with office.store() as live, ExitStack() as stack:
        stack.callback(_hold(state_dir).release)
        shutil.rmtree(state_dir / NEW, ignore_errors=True)
        with closing(_empty_twin(live, state_dir / NEW, office)) as target:
            entries = _fold(live, target, office)
            _carry_over(live, target)
        live.close()
        swap.exchange(state_dir / NEW, office.settings.data_dir)
        shutil.rmtree(state_dir / OLD, ignore_errors=True)
        (state_dir / NEW).rename(state_dir / OLD)
        swap.flush(state_dir)
    return entries


def _hold(state_dir: Path) -> lock.Lock:
    try:
        return lock.hold(state_dir)
    except Refused as error:
        remedy = "stop the daemon first (systemctl stop jivod), or use --verify, which only compares"
        raise Refused(f"{error}; {remedy}") from None


def _empty_twin(source: LmdbEngine, path: Path, office: Office) -> LmdbEngine:
    """An empty store that gives out the same ids."""
    key = source.read(meta.id_key)
    twin = open_engine(path, office.settings.map_size, random_bytes=lambda _: key)
    _copy_table(source, twin, POLICIES)
    return twin


def _carry_over(source: LmdbEngine, target: LmdbEngine) -> None:
    """Copy what the journal does not tell: counted repeats, the quarantine, what the store knows of itself."""
    for table in (META, REPEATS, QUARANTINE):
        _copy_table(source, target, table)


def _copy_table(source: LmdbEngine, target: LmdbEngine, table: str) -> None:
    lo: bytes | None = b""
    while lo is not None:
        rows = source.read(partial(_page, table=table, lo=lo))
        for outcome in target.write([partial(_put, table=table, rows=rows)]):
            if outcome.error is not None:
                raise outcome.error
        lo = rows[-1][0] + b"\0" if rows else None


def _page(txn: Txn, table: str, lo: bytes) -> Rows:
    return list(txn.range(table, lo, limit=PAGE))


def _put(txn: Txn, table: str, rows: Rows) -> None:
    for key, value in rows:
        txn.put(table, key, value)


def _fold(source: LmdbEngine, target: LmdbEngine, office: Office) -> int:
    with closing(Progress("Folding the journal")) as progress:
        return replay.rebuild(source, target, progress)


@contextmanager
def _scratch(path: Path) -> Iterator[Path]:
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
