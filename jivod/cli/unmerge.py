"""`jivod unmerge`: take a merge back; or many, by what they have in common."""

from __future__ import annotations

import click

from jivod.cli.deed import AS_JSON, BY, carry_out
from jivod.cli.instant import Instant
from jivod.cli.office import Office
from jivod.cli.screen import argument
from jivod.cli.sweep import Choice, sweep
from jivod.flow import steward
from jivod.flow.enact import BY_PERSON
from jivod.flow.record import CONFLICT, PROVISIONAL
from jivod.model.audit import UNMERGED

RULES = (BY_PERSON, PROVISIONAL, CONFLICT)


@click.command()
@click.argument("id", metavar="[A]", required=False)
@click.option("--tree", is_flag=True, help="Take all of A's tree apart: everything in it stands for itself.")
@click.option("--by-key", "key", metavar="KEY", help="All that was merged or added because of this key.")
@click.option("--rule", type=click.Choice(RULES), help="All merges by this rule; person: by hand.")
@click.option("--since", type=Instant(), metavar="T", help="All merges of T or later, like 2026-11-20T14:30 (UTC).")
@click.option("--until", type=Instant(), metavar="T", help="All merges before T.")
@click.option("--operator", metavar="NAME", help="All merges that this person made.")
@click.option("--yes", is_flag=True, help="Do it. Without this many are only listed.")
@click.option("--dry-run", is_flag=True, help="Only list what would be undone; so it is without --yes.")
@BY
@AS_JSON
@click.pass_obj
def unmerge(
    office: Office,
    id: str | None,
    tree: bool,
    key: str | None,
    rule: str | None,
    since: int | None,
    until: int | None,
    operator: str | None,
    yes: bool,
    dry_run: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Let customer A, which was merged into another one, stand for itself again. The two are never merged by a rule
    again.

    Only A's own merge is taken back: A stands as it did before, together with whatever had been merged into A until
    then. With --tree that is taken apart too, and with --tree A may be a customer that others were merged into.

    Without A, all merges that the options choose, those of all options at once. With --by-key also conversations that
    were added to a customer for no reason but the key; they become customers of their own. KEY is an e-mail, a phone,
    or KIND:VALUE. Many are only listed, until you say --yes; then they are undone in steps of 500 at most.
    """
    choice = Choice(key=key, rule=rule, since=since, until=until, operator=operator)
    if (id is None) == (choice == Choice()):
        raise click.UsageError("name A, or choose by --by-key, --rule, --since, --until or --operator; not both")
    if id is None:
        if tree or (yes and dry_run):
            raise click.UsageError("--tree belongs to one customer" if tree else "--yes or --dry-run, not both")
        sweep(office, by, choice, do=yes, as_json=as_json)
        return
    if yes or dry_run:
        raise click.UsageError("--yes and --dry-run belong to the options that choose many")
    one = argument(id)
    carry_out(office, by, UNMERGED, lambda txn, hand: steward.unmerge(txn, hand, (one,), tree=tree), as_json=as_json)
