"""Policy: the policy file, read and tried out before it may decide anything."""

from __future__ import annotations

import re
from pathlib import Path

from attrs import frozen

from jivod.flow import cases, regime
from jivod.model.errors import BadConfig
from jivod.policy import file
from jivod.policy.explain import explain
from jivod.policy.rules import DEFAULT, Rules
from jivod.strict import source

_PRIVATE = re.compile(r"""[^\s'"]*@[^\s'"]*|(?<=['"])[^'"]*\d(?:[\s().-]*\d){6}[^'"]*(?=['"])""")  # an e-mail, a phone


@frozen(kw_only=True)
class Policy:
    """A policy that may be taken into use. `text` is the file's. `differs`: how many rules are not the default;
    `warnings`: how many there are. `jivod policy check` tells which.
    """

    text: str = regime.BUILT_IN
    rules: Rules = DEFAULT
    differs: int = 0
    warnings: int = 0


def read(path: Path | None) -> Policy:
    """The policy in a file, its cases played; the built-in one where there is none.

    Raises BadConfig, one line for each fault: FILE:LINE and the reason. It will be logged, so it repeats no e-mail and
    no phone that is written there.
    """
    if path is None:
        return Policy()
    try:
        text = source.read(path, BadConfig).text
        found = file.parse(text, str(path))
    except BadConfig as error:
        raise BadConfig("\n".join(_masked(line, path) for line in str(error).splitlines())) from None
    _play(found)
    rules = regime.rules_of(text)
    return Policy(text=text, rules=rules, differs=len(explain(rules)), warnings=len(found.warnings))


def _play(found: file.PolicyFile) -> None:
    """Raise BadConfig where a case does not come out as its file expects."""
    remedy = f"{cases.REMEDY}; what differs tells jivod policy check {found.name}"
    wrong = [
        f"{found.name}:{case.line}: this [[case]] does not come out as expected; {remedy}"
        for case in found.cases
        if cases.play(case, found.rules)
    ]
    if wrong:
        raise BadConfig("\n".join(wrong))


def _masked(line: str, path: Path) -> str:
    name = str(path) if line.startswith(str(path)) else ""
    return name + _PRIVATE.sub("…", line.removeprefix(name))
