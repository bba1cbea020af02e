"""policy.toml: rules or faults, each in a sentence with its line; what rules say is read as the same rules."""

from __future__ import annotations

import re

from jivod.model.errors import BadConfig
from jivod.policy import file
from jivod.policy.explain import explain
from tests.policy.drawn import written

SENTENCE = re.compile(r"p\.toml:\d+: [^\n]+; [^\n]+|and \d+ more faults")


def check(data: bytes) -> None:
    try:
        found = file.parse(data.decode("utf-8", "replace"), "p.toml")
    except BadConfig as error:
        for line in str(error).split("\n"):
            assert SENTENCE.fullmatch(line), line
        return
    assert file.parse(written(found.rules)).rules == found.rules
    explain(found.rules)
