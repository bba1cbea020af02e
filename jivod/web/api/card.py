"""Card: a customer as the API shows it, with its tag; and whom an address means."""

from __future__ import annotations

from typing import Any

import orjson

from jivod.flow import absent, query
from jivod.flow.case import Desk
from jivod.model.customer import GoldenRecord
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import conditional
from jivod.web.api.route import Ask, Done, missing
from jivod.web.problem import Problem, Stopped
from jivod.wire import rest

NOT_MODIFIED = 304
NO_CUSTOMER = Problem(404, "no_customer", "There is no customer of this id.")
_ERASED = "The customer of this id was erased by decision #{}; nothing is left to show."


def card(golden: GoldenRecord, desk: Desk) -> dict[str, Any]:
    """A customer with the link to its page."""
    return {**rest.card(golden), "crm_link": desk.link(golden.id)}


def nobody(txn: Txn, id: str) -> Stopped:
    """There is no such customer, or none any more: a record of customers elsewhere should know which."""
    seq = absent.erased_by(txn, id)
    return missing(NO_CUSTOMER if seq is None else Problem(404, NO_CUSTOMER.code, _ERASED.format(seq)))


def known(txn: Txn, ask: Ask) -> GoldenRecord:
    """The living customer behind the id in the address, in the state that the caller knows. Raises Stopped."""
    golden = query.show(txn, ask.path["id"], ask.desk.rules)
    if golden is None:
        raise nobody(txn, ask.path["id"])
    if ask.if_match is not None:
        conditional.demand(ask.if_match, conditional.tag_of(_body(golden, ask)))
    return golden


def shown(txn: Txn, ask: Ask, id: str, status: int = 200) -> Done:
    """The customer `id` as it is now, with its tag; nothing of it for who knows that already."""
    golden = query.show(txn, id, ask.desk.rules)
    if golden is None:
        raise nobody(txn, id)
    body = _body(golden, ask)
    tag = conditional.tag_of(body)
    headers = (("ETag", tag), ("Content-Location", place(golden.id)))
    if ask.if_none_match is not None and ask.if_none_match.has(tag):
        return Done(status=NOT_MODIFIED, body=b"", headers=headers, customers=golden.ids)
    return Done(status=status, body=body, headers=headers, customers=golden.ids)


def place(id: str) -> str:
    """The address of a customer."""
    return urls.CUSTOMER.replace("<id>", id)


def _body(golden: GoldenRecord, ask: Ask) -> bytes:
    return orjson.dumps(card(golden, ask.desk))
