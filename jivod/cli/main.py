"""Main: the command `jivod`, which imports its verbs when they are called and turns errors into exit codes."""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from pathlib import Path
from typing import Any

import click

from jivod.cli.office import Office
from jivod.cli.printed import guard
from jivod.cli.screen import clean
from jivod.model.errors import BadConfig, Damaged, JivodError

VERBS = {
    "url": ("url", "The webhook URL to paste into Jivo."),
    "demo": ("demo", "Play a few conversations against the running daemon."),
    "find": ("find", "Find customers by id, e-mail, phone, token, visitor number or name."),
    "show": ("show", "One customer with the history of conversations."),
    "figures": ("figures", "Chats, first answers, ratings, agents, pages of the last days."),
    "reviews": ("reviews", "Pairs of customers that may be one, side by side."),
    "merge": ("merge", "Make one customer part of another."),
    "unmerge": ("unmerge", "Take a merge back, or many at once."),
    "detach": ("detach", "Conversations that came to the wrong customer become one of their own."),
    "different": ("different", "Two customers are different people for ever."),
    "edit": ("edit", "Add, clear or confirm a value of a customer."),
    "settle": ("settle", "Of the values that contest an attribute one is right."),
    "undo": ("undo", "Take one decision about a customer back."),
    "note": ("note", "Write a note about a customer, or take one away."),
    "share": ("share", "A key belongs to several people, or to one."),
    "import": ("intake", "Bring in customers from CSV, JSON Lines or vCard, or a whole export."),
    "export": ("export", "Write the whole store, a list of customers, or all of one person."),
    "erase": ("erase", "Forget a person: no byte of him is left."),
    "retain": ("retain", "What is too old to be kept, and let it go."),
    "policy": ("policy", "Check a policy file and play its cases."),
    "check": ("check", "Verify every record and index of the store."),
    "whatif": ("whatif", "What another policy would change, before it does."),
    "rebuild": ("rebuild", "Make customers and chats anew from the journal."),
    "backup": ("backup", "Write a backup while the daemon works, and check it."),
    "restore": ("restore", "Put a backup in the place of the store."),
    "quarantine": ("quarantine", "Bodies that could not be read: list, show, retry."),
    "sinks": ("sinks", "Who is told of changes: list, dead letters, replay, pause."),
    "audit": ("audit", "Who read or changed whom: list, verify, head."),
    "token": ("token", "Who may call the API: add, list, revoke."),
    "user": ("user", "Who may sign in to the pages: add, list, role, disable, enable, link, sessions."),
    "config": ("config", "Check the configuration."),
}
"""Verb -> the module in jivod.cli that holds the command of that name, and its line in the help."""

REFUSED = 1
DAMAGED = 65  # EX_DATAERR
BAD_CONFIG = 78  # EX_CONFIG


class Verbs(click.Group):
    """A group that imports a verb when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"jivod.cli.{VERBS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name + "_" * keyword.iskeyword(cmd_name))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])

    def main(self, *args: Any, **extra: Any) -> Any:
        guard()
        return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadConfig as error:
            _fail(ctx, error, BAD_CONFIG)
        except Damaged as error:
            _fail(ctx, error, DAMAGED)
        except JivodError as error:
            _fail(ctx, error, REFUSED)


@click.group("jivod", cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="The configuration file.")
@click.version_option(package_name="jivod")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """jivod, the CRM end of the Jivo webhooks. `demo` needs a running daemon, `restore` a stopped one."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    environ = dict(os.environ)
    if config is not None:
        environ["JIVOD_CONFIG"] = str(config)
    ctx.obj = Office(environ)


def _fail(ctx: click.Context, error: Exception, code: int) -> None:
    for line in str(error).split("\n"):  # a file is told all its faults, each on a line
        click.echo(f"jivod: {clean(line)}", err=True)
    ctx.exit(code)
