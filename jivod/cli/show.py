"""`jivod show`: one customer as a page of text: who, what is known, the conversations, and on request why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from jivod.cli.office import Office
from jivod.cli.pages import customer_page, history_page, reasons_page, transcript_page
from jivod.cli.screen import argument, say_json
from jivod.cli.shapes import decided, reason
from jivod.flow import query
from jivod.flow.absent import nobody
from jivod.flow.query import Decided
from jivod.flow.regime import in_force
from jivod.model.audit import READ
from jivod.model.chat import Chat, Transcript
from jivod.model.customer import GoldenRecord
from jivod.model.errors import Refused
from jivod.model.event import ImportedRow
from jivod.model.reason import Reason
from jivod.policy.rules import Rules
from jivod.store.kv import Txn
from jivod.wire.rest import card, chat, transcript

PAGE = 100

Why = tuple[list[Reason], list[Decided], dict[int, ImportedRow]]
One = TypeVar("One", Reason, Decided)


@click.command()
@click.argument("id")
@click.option("--chat", "ref", metavar="REF", help="The transcript of this conversation, by its REF or number.")
@click.option("--why", is_flag=True, help="Why each event belongs to this customer, and what people decided.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="At most so many conversations.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(office: Office, id: str, ref: str | None, why: bool, limit: int, as_json: bool) -> None:
    """Show the customer ID (any id ever given out, also a merged one) with the newest conversations first."""
    with office.store(READ) as engine:
        golden = engine.read(lambda txn: _customer(txn, argument(id), in_force(txn)))
        office.touch(golden.ids)
        if ref is not None:
            whole = engine.read(lambda txn: _transcript(txn, golden.id, argument(ref)))
            _print_transcript(whole, as_json)
            return
        chats = engine.read(lambda txn: query.history(txn, golden.id, limit))
        reasons = engine.read(lambda txn: _everything(txn, golden.id)) if why else None
    link = office.desk.link(golden.id)
    if as_json:
        say_json(_shape(golden, link, chats, reasons))
        return
    customer_page(golden, link)
    history_page(chats, golden.chats)
    if reasons is not None:
        reasons_page(*reasons)


def _customer(txn: Txn, id: str, rules: Rules) -> GoldenRecord:
    golden = query.show(txn, id, rules)
    if golden is None:
        raise nobody(txn, id)
    return golden


def _transcript(txn: Txn, id: str, ref: str) -> Transcript:
    for row in _history(txn, id):
        if ref in (row.ref, row.ref.partition(":")[2], f"{row.account}/{row.ref}"):
            whole = query.transcript(txn, row.account, row.ref)
            if whole is not None:
                return whole
    raise Refused("this customer has no such conversation; `jivod show` lists them with their REFs")


def _history(txn: Txn, id: str) -> Iterable[Chat]:
    before = None
    while page := query.history(txn, id, PAGE, before):
        yield from page
        before = (page[-1].at, page[-1].account, page[-1].ref)


def _everything(txn: Txn, id: str) -> Why:
    reasons = list(_paged(query.explain, txn, id))
    return reasons, list(_paged(query.decided, txn, id)), query.imported(txn, reasons)


def _paged(ask: Callable[[Txn, str, int, int], list[One]], txn: Txn, id: str) -> Iterable[One]:
    after = 0
    while page := ask(txn, id, PAGE, after):
        yield from page
        after = page[-1].seq


def _print_transcript(whole: Transcript, as_json: bool) -> None:
    if as_json:
        say_json(transcript(whole))
    else:
        transcript_page(whole)


def _shape(golden: GoldenRecord, link: str, chats: list[Chat], why: Why | None) -> dict[str, Any]:
    shape = {**card(golden), "crm_link": link, "history": [chat(row) for row in chats]}
    if why is None:
        return shape
    reasons, decisions, rows = why
    told = [reason(one, rows.get(one.seq)) for one in reasons]
    return {**shape, "reasons": told, "decisions": [decided(one) for one in decisions]}
