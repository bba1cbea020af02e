"""Trial: the button that plays an invented chat, and what the agent would see of it."""

from __future__ import annotations

from jivod.flow import trial
from jivod.flow.trial import Tried
from jivod.model.access import Role
from jivod.model.answer import Answer
from jivod.model.audit import ENTERED, READ
from jivod.policy import reply
from jivod.policy.reply import Panel
from jivod.policy.view import Scene
from jivod.store import edges
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api.page import END
from jivod.web.pages.office import office
from jivod.web.pages.page import Ask, Moved, Page, Shown
from jivod.web.problem import Problem, Stopped

NO_TRIAL = Problem(404, "no_trial", "There is no such test event, or it was erased.")


def play(txn: Txn, ask: Ask) -> Moved:
    """Let the invented visitor begin a chat."""
    done = trial.play(txn, ask.at, ask.desk)
    place = urls.TRIED.replace("<int:number>", str(done.seq))
    return Moved(place, done="tested", customers=(done.customer,) if done.customer else ())


def shown(txn: Txn, ask: Ask) -> Shown:
    """What the agent would see."""
    number = ask.path["number"]
    found = trial.tried(txn, number, ask.desk) if number < END else None
    if found is None:
        raise Stopped(NO_TRIAL)
    customers = () if found.customer is None else tuple(edges.tree(txn, found.customer))
    answer = answered(found, ask)
    values = {"tried": found, "answer": answer, "channel": trial.CHANNEL, "email": trial.EMAIL}
    return Shown("trial.html", values, customers=customers)


def answered(found: Tried, ask: Ask) -> Answer:
    """The answer with the operator's own rows. No other CRM is asked about somebody invented."""
    if not isinstance(found.shown, Panel):
        return found.shown
    rows = ask.premises.rows
    if rows is None:
        return reply.answer(found.shown)
    own, _ = rows.fill(Scene(panel=found.shown, event=found.event, origin=found.entry.origin), {})
    return reply.answer(found.shown, own)


PAGES = (
    Page(
        path=urls.TRIAL, method="POST", role=Role.ADMIN, work=play, again=office, writes=True, menu="admin",
        action=ENTERED,
    ),
    Page(path=urls.TRIED, role=Role.ADMIN, work=shown, menu="admin", action=READ),
)  # fmt: skip
