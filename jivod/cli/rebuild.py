"""`jivod rebuild`: make the projections anew from the journal beside the store, and exchange the two; or compare."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click
from attrs import asdict

from jivod.cli import report, rulefile
from jivod.cli.deed import AS_JSON
from jivod.cli.office import Office
from jivod.cli.renewal import Renewal, renewal
from jivod.cli.screen import confirmed, say, say_json
from jivod.cli.twin import fold, moment_of, stepping, twin_of
from jivod.cli.whatif import LIMIT, compared
from jivod.flow import ids, replay
from jivod.model.audit import ALL

STOP_FIRST = "stop the daemon first (systemctl stop jivod), or use --verify or `jivod whatif`, which only compare"


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

    While the daemon runs, too, but not with --policy. The store as it was stays beside the new one as
    data.before-rebuild.
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
    with renewal(office, STOP_FIRST) as new:
        office.touch(about=ALL)
        new.take_place()
        new.keep_old()
    return new.entries


def _keep_ids(renewed: Renewal) -> None:
    ids.keep(renewed.live, renewed.twin)


def _switch(office: Office, path: Path, *, yes: bool, limit: int, as_json: bool) -> bool:
    """Rebuild under another policy, after a report and a yes; whether it was done."""
    new, configured = rulefile.read(path), office.settings.policy
    demand = partial(rulefile.demand_place, new, configured)
    with renewal(office, STOP_FIRST, policy=new.text, demand=demand) as renewed:
        findings = compared(renewed.live, renewed.twin, None)
        if as_json:
            report.tell_json(findings, renewed.entries)
        else:
            report.tell(findings, renewed.entries, limit, nothing="nothing would change for the customers there are")
            say()
        office.touch(about=ALL)
        if not yes and not confirmed("Take this policy into use?"):
            office.leave()
            say("Nothing was changed.")
            return False
        # The file comes first: cut off behind it, the policy decides from now on, and this can be done again.
        renewed.take_place(partial(_keep_ids, renewed), partial(rulefile.put_in_place, new, configured))
        renewed.keep_old()
    if not as_json:
        say("The whole history is decided by this policy now.")
    if configured is None:
        click.echo(f"Before the daemon starts, let the configuration say: {rulefile.line_for(new)}", err=True)
    return True
