"""`jivod check`: verify every record and index of the store."""

from __future__ import annotations

import click
from attrs import asdict

from jivod.cli.office import Office
from jivod.cli.screen import say, say_json
from jivod.flow import following
from jivod.flow.following import make_side
from jivod.store import check as checks
from jivod.store import journal
from jivod.store.kv import Engine, Txn
from jivod.store.side import NAME, Side, Spoiled
from jivod.store.verdict import verify

SIDE = "side file"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Verify the checksum of every record, that records and indexes agree, and the audit log. Exit code 1 if there is a
    finding.
    """
    office = ctx.find_object(Office)
    assert office is not None
    with office.store() as engine:
        entries, findings = engine.read(_look)
        file = make_side(office.settings.state_dir, office.settings.zone)
        searched, wrong = _compare(engine, file)
        file.close()
    findings += wrong
    findings += [checks.Finding(table="audit", what=str(fault)) for fault in verify(office.settings.audit_dir).faults]
    if as_json:
        followed = {} if searched is None else {"searched": searched}
        say_json({"entries": entries, **followed, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            say(f"{finding.table}: {finding.what}")
        faults = "no fault" if not findings else f"{len(findings)} fault" + ("" if len(findings) == 1 else "s")
        behind = "" if searched in (None, entries) else f", {searched} of them searched by words"
        say(f"{entries} journal entries{behind}, {faults}")
    ctx.exit(1 if findings else 0)


def _compare(engine: Engine, file: Side) -> tuple[int | None, list[checks.Finding]]:
    """Up to which entry the side file has followed, None if there is none; and whether it can have."""
    try:
        found = file.read(following.noted)
    except Spoiled as error:
        return None, [checks.Finding(table=SIDE, what=str(error))]
    if found is None:
        return None, []
    if engine.read(lambda txn: following.is_of(txn, found)):
        return found.seen, []
    what = f"it has followed another journal; remove it, and the daemon makes it anew: {NAME}"
    return found.seen, [checks.Finding(table=SIDE, what=what)]


def _look(txn: Txn) -> tuple[int, list[checks.Finding]]:
    return journal.last(txn), list(checks.check(txn))
