"""Found: what a search by words found, line by line: who, why, and the words around it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import click

from jivod.cli.lines import customer_line
from jivod.cli.office import Office
from jivod.cli.screen import moment, say, say_json
from jivod.cli.words import counted
from jivod.flow import finding
from jivod.flow.following import make_side
from jivod.flow.regime import in_force
from jivod.model.errors import Refused
from jivod.model.finding import Found, Hit, Place
from jivod.store.kv import Txn
from jivod.store.side import Side
from jivod.wire import rest

PAGES = 50  # that are asked for, at most, to find as many as are wanted

NOT_YET = "words are not searched yet: the daemon makes the file for it, which takes a while for a long history"


def tell(office: Office, text: str, limit: int, *, as_json: bool) -> None:
    """Print the first `limit` hits. Raises Refused where there is none."""
    hits, last = _search(office, text, limit)
    if as_json:
        say_json({"items": [rest.hit(hit) for hit in hits], "behind": last.behind})
    else:
        for line in _lines(hits):
            say(line)
    if last.behind is None:
        click.echo(f"jivod: {NOT_YET}", err=True)
    elif last.behind:
        entries = counted(last.behind, "entry", "entries")
        click.echo(f"jivod: the last {entries} of the journal are not searched by words yet", err=True)
    if not hits:
        raise Refused("nothing was found")


def _search(office: Office, text: str, limit: int) -> tuple[list[Hit], Found]:
    hits: list[Hit] = []
    place: Place | None = None
    with office.store() as engine:
        file = make_side(office.settings.state_dir, office.settings.zone)
        for _ in range(PAGES):
            found = engine.read(
                partial(_page, office=office, file=file, text=text, limit=limit - len(hits), place=place)
            )
            hits += found.hits
            place = found.next
            if place is None or len(hits) >= limit:
                break
        file.close()
    return hits, found


def _page(txn: Txn, office: Office, file: Side, text: str, limit: int, place: Place | None) -> Found:
    accounts, regions = office.accounts, office.regions
    return finding.find(txn, file, text, in_force(txn), limit, place, accounts=accounts, regions=regions)


def _lines(hits: Iterable[Hit]) -> Iterable[str]:
    for hit in hits:
        yield customer_line(hit.customer) if hit.customer else "(nobody's)"
        words = "".join([f"*{part.text}*" if part.marked else part.text for part in hit.snippet])
        yield "    " + "  ".join([text for text in (_place(hit), " ".join(words.split())) if text])


def _place(hit: Hit) -> str:
    when: Any = None if hit.at is None else moment(hit.at)
    return "  ".join([text for text in (hit.ref and f"{hit.account}/{hit.ref}", when, hit.by or hit.why) if text])
