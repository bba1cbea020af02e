"""`jivod user`: who may sign in to the pages: add, list, role, disable, enable, link, sessions."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import click

from jivod.cli.deed import AS_JSON, now, write
from jivod.cli.office import Office
from jivod.cli.screen import argument, moment, say, say_json
from jivod.cli.words import counted
from jivod.flow import sessions as signed_in
from jivod.flow import staff
from jivod.model.access import Role
from jivod.model.audit import OPENED, USER_CHANGED, USER_MADE
from jivod.model.user import User
from jivod.store import users
from jivod.store.kv import Txn

_ROLE = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """People who use the pages. Each has a role: an agent sees customers, a steward decides about them, an admin also
    manages users and the store. All of this is heeded by a running daemon at once.
    """


@user.command()
@click.argument("name")
@click.option("--role", type=_ROLE, default=Role.AGENT.value, show_default=True)
@AS_JSON
@click.pass_obj
def add(office: Office, name: str, role: str, as_json: bool) -> None:
    """Make a user called NAME and print a link, good for a day and once, by which he sets his password."""
    called, link, at = argument(name), _new_link(), now()

    def job(txn: Txn) -> User:
        made = staff.add(txn, called, Role(role), at)
        return staff.give_link(txn, made.name, link, at)

    with office.store(USER_MADE) as engine:
        made = write(engine, job)
        office.touch(about=made.name)
    _say_link(office, made, link, as_json=as_json)


@user.command()
@click.argument("name")
@AS_JSON
@click.pass_obj
def link(office: Office, name: str, as_json: bool) -> None:
    """Print a link, good for a day and once, by which NAME sets a new password. An older link is void."""
    called, made, at = argument(name), _new_link(), now()
    with office.store(USER_CHANGED) as engine:
        user = write(engine, lambda txn: staff.give_link(txn, called, made, at))
        office.touch(about=user.name)
    _say_link(office, user, made, as_json=as_json)


@user.command("list")
@AS_JSON
@click.pass_obj
def list_(office: Office, as_json: bool) -> None:
    """List all users."""
    at = now()
    with office.store() as engine:
        found = engine.read(users.listed)
    if as_json:
        say_json([_shape(one, at) for one in found])
        return
    for one in found:
        say(f"{one.role:<7}  {_state(one, at):<11}  {moment(one.created_at)}  {one.name}")
    say(f"{len(found)} listed")


@user.command()
@click.argument("name")
@click.argument("role", type=_ROLE)
@click.pass_obj
def role(office: Office, name: str, role: str) -> None:
    """Give NAME another ROLE. He has to sign in again."""
    _change(office, name, lambda txn, called: staff.set_role(txn, called, Role(role)))


@user.command()
@click.argument("name")
@click.pass_obj
def disable(office: Office, name: str) -> None:
    """Keep NAME out; whatever he has open ends at once."""
    _change(office, name, staff.disable)


@user.command()
@click.argument("name")
@click.pass_obj
def enable(office: Office, name: str) -> None:
    """Let NAME in again, with his old password."""
    _change(office, name, staff.enable)


@user.command()
@click.argument("name")
@click.option("--end", is_flag=True, help="End them all: he has to sign in again everywhere.")
@AS_JSON
@click.pass_obj
def sessions(office: Office, name: str, end: bool, as_json: bool) -> None:
    """List where NAME is signed in."""
    called, at, terms = argument(name), now(), office.settings.pages.terms

    def job(txn: Txn) -> list[Any]:
        who = staff.known(txn, called)
        found = signed_in.listed(txn, who.name, terms, at)
        if end:
            signed_in.end_all(txn, who.name)
        return found

    with office.store(USER_CHANGED if end else OPENED) as engine:
        found = write(engine, job) if end else engine.read(job)
    if as_json:
        say_json([{"since": s.made_at, "seen": s.seen_at, "agent": s.agent, "address": s.address} for s in found])
        return
    for s in found:
        say(f"{moment(s.made_at)}  seen {moment(s.seen_at)}  {s.address:<15}  {s.agent}")
    say(f"{counted(len(found), 'session')} {'ended' if end else 'listed'}")


def _new_link() -> str:
    return secrets.token_urlsafe(staff.LINK_BYTES)


def _change(office: Office, name: str, work: Callable[[Txn, str], User]) -> None:
    called = argument(name)
    with office.store(USER_CHANGED) as engine:
        office.touch(about=write(engine, lambda txn: work(txn, called)).name)


def _say_link(office: Office, who: User, link: str, *, as_json: bool) -> None:
    url = office.settings.welcome_url(link)
    if as_json:
        say_json({"name": who.name, "role": who.role, "link": url, "until": who.link_until})
    else:
        say(url)


def _shape(one: User, at: int) -> dict[str, Any]:
    return {"name": one.name, "role": one.role, "state": _state(one, at), "created_at": one.created_at}


def _state(one: User, at: int) -> str:
    if one.disabled:
        return "disabled"
    if one.password:
        return "active"
    return "invited" if at < one.link_until else "link is old"
