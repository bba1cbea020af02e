"""`jivod whatif`: what would be different if another policy had been in force from the first entry on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from jivod.cli import report
from jivod.cli.deed import AS_JSON
from jivod.cli.instant import Instant
from jivod.cli.office import Office
from jivod.cli.rulefile import read
from jivod.cli.twin import fold, moment_of, stepping, twin_of
from jivod.flow.whatif import Finding, compare
from jivod.model.audit import ALL, READ
from jivod.store.lmdb import LmdbEngine

LIMIT = click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(0, 100_000), help="Examples of each kind."
)


@click.command()
@click.argument("policy", type=click.Path(path_type=Path))
@click.option("--since", type=Instant(), metavar="T", help="Only customers of whom anything came in since T (UTC).")
@LIMIT
@AS_JSON
@click.pass_obj
def whatif(office: Office, policy: Path, since: int | None, limit: int, as_json: bool) -> None:
    """Fold the whole journal under the policy in the file POLICY beside the store, and tell what would be different:
    which customers would be one, which would be several, and which would look different.

    Changes nothing; the daemon may run meanwhile. What people decided holds under any policy. `--json` prints all that
    differs, else there are counts and examples. `jivod rebuild --policy` takes the policy into use.
    """
    rules = read(policy)
    with moment_of(office, "whatif", action=READ) as (now, place), twin_of(now, place, office, rules.text) as then:
        office.touch(about=ALL)
        entries = fold(now, then)
        findings = compared(now, then, since)
        if as_json:
            report.tell_json(findings, entries)
        else:
            report.tell(findings, entries, limit)


def compared(now: LmdbEngine, then: LmdbEngine, since: int | None) -> Iterator[Finding]:
    """What differs between two stores, behind a progress bar."""
    with stepping("Comparing customers", now, then) as step:
        yield from compare(now, then, since, step)
