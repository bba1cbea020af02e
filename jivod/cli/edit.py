"""`jivod edit`: what a person knows better about a customer."""

from __future__ import annotations

from collections.abc import Callable

import click

from jivod.cli.deed import AS_JSON, BY, Decide, carry_out
from jivod.cli.office import Office
from jivod.cli.screen import argument
from jivod.flow import steward
from jivod.flow.steward import Hand
from jivod.model.audit import CHANGED
from jivod.model.entry import Entry
from jivod.store.kv import Txn


@click.command()
@click.argument("id")
@click.argument("attribute")
@click.argument("value", required=False)
@click.option("--clear", "verb", flag_value="clear", help="VALUE is wrong; without VALUE all its values are.")
@click.option(
    "--confirm", "verb", flag_value="confirm", help="The contact VALUE is the customer's own: it counts as verified."
)
@click.option("--primary", "verb", flag_value="primary", help="Of several e-mails or phones VALUE stands first.")
@BY
@AS_JSON
@click.pass_obj
def edit(
    office: Office, id: str, attribute: str, value: str | None, verb: str | None, by: str | None, as_json: bool
) -> None:
    """ATTRIBUTE of customer ID is VALUE: an e-mail or a phone more, another name.

    ATTRIBUTE is name, email, phone, description, organization, status, assigned_agent, tag, social, token, visitor, or
    attr:<name> for an attribute of your Jivo account. What was said before is kept, and can be seen by show --why.
    """
    if value is None and verb != "clear":
        raise click.UsageError("say the VALUE; only --clear does without")
    if value is not None and not value.strip():
        raise click.UsageError("VALUE is blank; to take all values away say --clear without VALUE")
    decide = _decide(verb, argument(id), argument(attribute), argument(value or ""))
    carry_out(office, by, CHANGED, decide, as_json=as_json)


def _decide(verb: str | None, id: str, attribute: str, value: str) -> Decide:
    deeds: dict[str | None, Callable[[Txn, Hand, str, str, str], Entry]] = {
        None: steward.edit,
        "clear": steward.clear,
        "confirm": steward.confirm,
        "primary": steward.primary,
    }
    return lambda txn, hand: deeds[verb](txn, hand, id, attribute, value)
