"""`jivod check`: verify every record and index of the store."""

from __future__ import annotations

import click
from attrs import asdict

from jivod.cli.office import Office
from jivod.cli.screen import say, say_json
from jivod.store import check as checks
from jivod.store import journal
from jivod.store.kv import Txn
from jivod.store.verdict import verify

LIMIT = 100


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
    findings += [checks.Finding(table="audit", what=str(fault)) for fault in verify(office.settings.audit_dir).faults]
    if as_json:
        say_json({"entries": entries, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            say(str(finding))
        faults = "no fault" if not findings else f"{len(findings)} fault" + ("" if len(findings) == 1 else "s")
        say(f"{entries} journal entries, {faults}")
    ctx.exit(1 if findings else 0)


def _look(txn: Txn) -> tuple[int, list[checks.Finding]]:
    return journal.last(txn), list(checks.check(txn))
