"""`jivod find`: customers by whatever is known of them."""

from __future__ import annotations

import click

from jivod.cli.lines import customer_line
from jivod.cli.office import Office
from jivod.cli.screen import argument, say, say_json
from jivod.flow import query as queries
from jivod.flow.regime import in_force
from jivod.model.audit import FOUND
from jivod.model.errors import Refused
from jivod.wire.rest import card


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--words", is_flag=True, help="Also by what was said, and by descriptions and organisations.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def find(office: Office, query: tuple[str, ...], words: bool, limit: int, as_json: bool) -> None:
    """Find customers by id, e-mail, phone, token, visitor number, or words of the name.

    With --words also what was said in conversations: the last word may be a beginning, "words in quotes" stand
    together.

    Exit code 1 if there is none.
    """
    text = argument(" ".join(query))
    if words:
        from jivod.cli.found import tell

        tell(office, text, limit, as_json=as_json)
        return
    accounts, regions = office.accounts, office.regions
    with office.store(FOUND) as engine:
        found = engine.read(
            lambda txn: queries.find(txn, text, in_force(txn), limit, accounts=accounts, regions=regions)
        )
        office.touch([id for golden in found for id in golden.ids])
    if as_json:
        say_json([card(golden) for golden in found])
    for golden in () if as_json else found:
        say(customer_line(golden))
    if not found:
        raise Refused("no customer was found")
