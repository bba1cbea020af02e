"""`jivod token`: who may call the API: add, list, revoke."""

from __future__ import annotations

import secrets

import click

from jivod.cli.deed import AS_JSON, now, write
from jivod.cli.office import Office
from jivod.cli.screen import argument, moment, say, say_json
from jivod.flow import access
from jivod.model.access import READ, SCOPES
from jivod.model.audit import TOKEN_MADE, TOKEN_REVOKED
from jivod.store import tokens

BYTES = 32


@click.group()
def token() -> None:
    """Tokens of the API /api/v1. What a token's bearer decides is kept under the token's name."""


@token.command()
@click.argument("name")
@click.option(
    "--scope", type=click.Choice(SCOPES), default=READ, show_default=True, help="write reads too, admin does all."
)
@AS_JSON
@click.pass_obj
def add(office: Office, name: str, scope: str, as_json: bool) -> None:
    """Make a token called NAME and print it, this once: it is not kept, only its digest."""
    called, random, at = argument(name), secrets.token_urlsafe(BYTES), now()
    with office.store(TOKEN_MADE) as engine:
        made = write(engine, lambda txn: access.issue(txn, called, scope, random, at))
        office.touch(about=called)
    if as_json:
        say_json({"name": called, "scope": scope, "created_at": at, "token": made})
    else:
        say(made)


@token.command("list")
@AS_JSON
@click.pass_obj
def list_(office: Office, as_json: bool) -> None:
    """List the names and scopes of all tokens."""
    with office.store() as engine:
        found = engine.read(tokens.listed)
    if as_json:
        say_json([{"name": one.name, "scope": one.scope, "created_at": one.created_at} for one in found])
        return
    for one in found:
        say(f"{one.scope:<6}  {moment(one.created_at)}  {one.name}")
    say(f"{len(found)} listed")


@token.command()
@click.argument("name")
@click.pass_obj
def revoke(office: Office, name: str) -> None:
    """Let nobody in any more by the token called NAME; a running daemon heeds it at once."""
    called = argument(name)
    with office.store(TOKEN_REVOKED) as engine:
        write(engine, lambda txn: access.revoke(txn, called))
        office.touch(about=called)
