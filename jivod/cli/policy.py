"""`jivod policy check`: what a policy file comes to, and whether its cases hold. Needs no store and changes nothing."""

from __future__ import annotations

from pathlib import Path

import click
from attrs import frozen

from jivod.cli.deed import AS_JSON
from jivod.cli.screen import say, say_json
from jivod.cli.words import counted

OWN = "The cases are your own examples: mend those that differ, or remove them where you want the rules so."


@frozen
class _Played:
    """A case of the file; `differs`: what came out otherwise, a sentence each."""

    name: str
    line: int
    differs: list[str]


@click.group()
def policy() -> None:
    """The policy: who is it, and which data win."""


@policy.command()
@click.argument("file", type=click.Path(path_type=Path))
@AS_JSON
@click.pass_context
def check(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Check the policy in FILE: say every rule that differs from the default, and play its cases.

    Exit code 1 if a case does not hold, 78 if the file cannot be used; both are named with file and line.
    """
    from jivod.flow import cases
    from jivod.policy.explain import explain
    from jivod.policy.file import read

    found = read(file)
    rules = explain(found.rules)
    played = [_Played(case.name, case.line, cases.play(case, found.rules)) for case in found.cases]
    failed = [case for case in played if case.differs]
    if as_json:
        shapes = [{"name": case.name, "line": case.line, "differs": case.differs} for case in played]
        say_json({"file": found.name, "rules": rules, "warnings": list(found.warnings), "cases": shapes})
    else:
        for line in _lines(found.name, rules, found.warnings, failed):
            say(line)
        say(f"{counted(len(played), 'case')}, " + (f"{len(failed)} not as expected" if failed else "all as expected"))
    ctx.exit(1 if failed else 0)


def _lines(name: str, rules: list[str], warnings: tuple[str, ...], failed: list[_Played]) -> list[str]:
    lines = rules or ["No rule differs from the default."]
    lines += [f"warning: {warning}" for warning in warnings]
    for case in failed:
        lines += [f'{name}:{case.line}: the case "{case.name}": {sentence}' for sentence in case.differs]
    return lines + ([OWN] if failed else [])
