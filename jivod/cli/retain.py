"""`jivod retain`: what is too old to be kept by [retention] of the configuration, and on request it goes."""

from __future__ import annotations

import click

from jivod.cli import retaining
from jivod.cli.deed import AS_JSON, BY, name_of, now
from jivod.cli.office import Office
from jivod.cli.retaining import Retaining
from jivod.cli.screen import moment, say, say_json
from jivod.cli.words import counted

COPIES = "These copies in the state directory still hold what went: {}. So do backups made before."


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would go: what is done without --yes anyway.")
@click.option("--yes", is_flag=True, help="Confirm the rule, and let go what is too old now. It cannot be undone.")
@BY
@AS_JSON
@click.pass_obj
def retain(office: Office, dry_run: bool, yes: bool, by: str | None, as_json: bool) -> None:
    """Tell what is too old by [retention] in the configuration, by month and account. With --yes it goes: what was
    said, pages and addresses; customers, and that there was a conversation, stay.

    The daemon does the same each day, also while you do this; but only by a rule that was confirmed by --yes. Of a
    stricter one than that it only says in its log what would go.
    """
    if dry_run and yes:
        raise click.UsageError("--dry-run changes nothing and --yes does: say one of them")
    found = retaining.retain(office, name_of(by), now()) if yes else retaining.measure(office, now())
    if as_json:
        say_json(found.shape(done=yes))
        return
    _tell_months(found)
    _tell_sum(found, done=yes)
    if yes:
        say(f"Confirmed. The daemon does this each day after {office.settings.retention.hour}:00.")
    else:
        _tell_consent(found)
    if found.copies:
        say(COPIES.format(", ".join(found.copies)))


def _tell_months(found: Retaining) -> None:
    rows = found.tally.shape()
    if rows:
        width = max(7, *[len(row["account"]) for row in rows])
        say(f"month    {'account':<{width}}  conversations  entries")
    for row in rows:
        say(f"{row['month']}  {row['account']:<{width}}  {row['conversations']:>13}  {row['entries']:>7}")


def _tell_sum(found: Retaining, *, done: bool) -> None:
    if found.before is not None:
        entries, verb = found.tally.entries.total(), "lost" if done else "would lose"
        share = f" ({100 * entries / found.total:.0f} %)" if found.total else ""
        say(
            f"{entries} of {counted(found.total, 'journal entry', 'journal entries')}{share} {verb} their content: of"
            f" conversations that ended before {moment(found.before)}, {found.rule.chats_months} months ago."
        )
    if found.rule.quarantine_days is not None:
        verb = "dropped" if done else "would be dropped"
        say(f"{found.tally.quarantined} in quarantine, older than {found.rule.quarantine_days} days, {verb}.")


def _tell_consent(found: Retaining) -> None:
    given = found.consent
    say("Nothing was changed.")
    if given is not None and given.rule == found.rule:
        say(f"{given.by} confirmed this rule on {moment(given.at)}; the daemon sees to it each day.")
        return
    if given is not None:
        kept = [
            f"{given.rule.chats_months} months" if given.rule.chats_months else "",
            f"{given.rule.quarantine_days} days in quarantine" if given.rule.quarantine_days else "",
        ]
        say(f"Confirmed so far, by {given.by} on {moment(given.at)}: {' and '.join(filter(None, kept))}.")
    say("Nothing goes by a stricter rule than was confirmed: `jivod retain --yes` does that.")
