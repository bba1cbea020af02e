"""`jivod rebuild`: make the projections anew from the journal beside the store, and exchange the two; or compare."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import click
from attrs import asdict

from jivod.cli import report, rulefile, swap
from jivod.cli.deed import AS_JSON
from jivod.cli.office import Office
from jivod.cli.rulefile import Rulefile
from jivod.cli.screen import say, say_json
from jivod.cli.twin import ROOM, copy_table, demand_room, fold, moment_of, stepping, twin_of
from jivod.cli.whatif import LIMIT, compared
from jivod.flow import ids, replay
from jivod.model.errors import Refused
from jivod.store import journal, lock
from jivod.store.lmdb import LmdbEngine, ScratchEngine
from jivod.store.tables import FORMER, META, QUARANTINE, REPEATS

NEW = "data.rebuild"
OLD = "data.before-rebuild"


@click.command()
@click.option("--verify", is_flag=True, help="Only compare; change nothing. Exit code 1 if there is a difference.")
@click.option("--policy", type=click.Path(path_type=Path), metavar="FILE", help="Under this policy from now on.")
@click.option("--yes", is_flag=True, help="With --policy: do not ask.")
@LIMIT
@AS_JSON
@click.pass_context
def rebuild(ctx: click.Context, verify: bool, policy: Path | None, yes: bool, limit: int, as_json: bool) -> None:
    """Make customers, chats and indexes anew from the journal, each entry under the policy of its time.

    With --policy all of it is folded under the policy in FILE. What that changes is told as by `jivod whatif`, and you
    are asked. On a yes the text goes to where the configuration's `policy` points to; the file that was there stays
    beside it as .before.

    Not while the daemon runs, unless --verify. The store as it was stays beside the new one as data.before-rebuild.
    """
    office = ctx.find_object(Office)
    assert office is not None
    if policy is not None:
        if verify or (as_json and not yes):
            raise click.UsageError("--verify compares and takes no --policy" if verify else "say --yes with --json")
        ctx.exit(0 if _switch(office, policy, yes=yes, limit=limit, as_json=as_json) else 1)
    entries, differences = _verify(office) if verify else (_rebuild(office), [])
    if as_json:
        say_json({"entries": entries, "differences": [asdict(d) for d in differences]})
    else:
        for d in differences:
            say(f"table {d.table}, key {d.key}: {d.where}")
        say(f"{report.counted_entries(entries)} folded" + (_verdict(len(differences)) if verify else ""))
    ctx.exit(1 if differences else 0)


def _verdict(differences: int) -> str:
    return ", no difference" if not differences else ", the store differs from its journal"


def _verify(office: Office) -> tuple[int, list[replay.Difference]]:
    with moment_of(office, "verify") as (now, place), twin_of(now, place, office) as twin:
        entries = fold(now, twin)
        with stepping("Comparing tables", now, twin) as step:
            return entries, replay.differences(now, twin, progress=step)


def _rebuild(office: Office) -> int:
    with _folded(office, None) as (live, twin, entries):
        _exchange(office, live, twin, entries, None)
    return entries


def _switch(office: Office, path: Path, *, yes: bool, limit: int, as_json: bool) -> bool:
    """Rebuild under another policy, after a report and a yes; whether it was done."""
    new, configured = rulefile.read(path), office.settings.policy
    with _folded(office, new) as (live, twin, entries):
        findings = compared(live, twin, None)
        if as_json:
            report.tell_json(findings, entries)
        else:
            report.tell(findings, entries, limit)
            say()
        if not yes and not click.confirm("Take this policy into use?"):
            say("Nothing was changed.")
            return False
        _exchange(office, live, twin, entries, new)
    if configured is None:
        click.echo(f"Before the daemon starts, let the configuration say: {rulefile.line_for(new)}", err=True)
    return True


@contextmanager
def _folded(office: Office, new: Rulefile | None) -> Iterator[tuple[LmdbEngine, ScratchEngine, int]]:
    """The store, its twin, and how many entries were folded. Nobody else takes the lock meanwhile."""
    place = office.settings.state_dir / NEW
    with ExitStack() as stack:
        live = stack.enter_context(office.store())
        stack.callback(_hold(office.settings.state_dir).release)
        stack.callback(partial(shutil.rmtree, place, ignore_errors=True))
        shutil.rmtree(place, ignore_errors=True)
        demand_room(live, ROOM)
        if new is not None:
            rulefile.demand_place(new, office.settings.policy)
        twin = stack.enter_context(twin_of(live, place, office, new.text if new else None))
        yield live, twin, fold(live, twin)


def _hold(state_dir: Path) -> lock.Lock:
    try:
        return lock.hold(state_dir)
    except Refused as error:
        remedy = "stop the daemon first (systemctl stop jivod), or use --verify, which only compares"
        raise Refused(f"{error}; {remedy}") from None


def _exchange(office: Office, live: LmdbEngine, twin: ScratchEngine, entries: int, new: Rulefile | None) -> None:
    """Let the twin, once it is on the disk as a whole, take the place of the store."""
    data, beside = office.settings.data_dir, office.settings.state_dir / NEW
    _carry_over(live, twin, new.text if new else None)
    twin.seal()
    if live.read(journal.last) != entries:
        raise Refused("somebody decided something meanwhile, and nothing was changed; do this again")
    live.close()
    twin.close()
    # The file comes first: cut off behind it, the policy decides from now on, and this can be done again.
    take_back = rulefile.put_in_place(new, office.settings.policy) if new else None
    try:
        swap.exchange(beside, data)
    except BaseException:
        if take_back is not None:
            take_back()
        raise
    shutil.rmtree(data.with_name(OLD), ignore_errors=True)
    beside.rename(data.with_name(OLD))
    swap.flush(data.parent)


def _carry_over(source: LmdbEngine, twin: ScratchEngine, policy: str | None) -> None:
    """Copy what the journal does not tell: counted repeats, the quarantine, what the store knows of itself."""
    for table in (META, REPEATS, QUARANTINE, FORMER):
        copy_table(source, twin, table)
    replay.prepare(source, twin, policy)  # META knows which entries that policy finds
    if policy is not None:
        ids.keep(source, twin)
