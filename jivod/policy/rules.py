"""Rules: every choice the policy leaves open, as one frozen value. The defaults are the ones the design argues for."""

from __future__ import annotations

from attrs import frozen

from jivod.model.claim import SOURCES
from jivod.model.contact import KINDS

_BLOCKED_TOKENS = (
    "0 -1 1 nan null none nil undefined unknown anonymous guest visitor user test true false default token "
    "user_token id [objectobject] {} [] 3c077929b8_12175 herhangi_bir_veri link|no|herhangi_bir_veri"
)
_BLOCKED_EMAILS = (
    "noreply@* no-reply@* donotreply@* do-not-reply@* mailer-daemon@* postmaster@* null@* none@* undefined@* "
    "test@test.com a@a.com email@email.com mail@mail.com"
)
_PLACEHOLDER_NAMES = (
    "guest visitor client customer anonymous unknown user ziyaretçi misafir müşteri клиент гость посетитель покупатель "
    "cliente visitante invitado convidado anônimo anónimo"
)


_ONE_I = str.maketrans({"İ": "i", "I": "i", "ı": "i"})


def folded(text: str) -> str:
    """Text as names are compared: without case, the four letters i of Turkish being one."""
    return text.translate(_ONE_I).casefold()


@frozen(kw_only=True)
class Rules:
    """The policy in force.

    `kinds` and `sources` are ranked, strongest first. `blocked_emails` may say `local@*`. A key known with `too_common`
    customers no longer decides. Text tables hold case-folded values without white space; names are `folded`.
    """

    kinds: tuple[str, ...] = KINDS
    sources: tuple[str, ...] = SOURCES
    too_common: int = 5
    blocked_tokens: frozenset[str] = frozenset(_BLOCKED_TOKENS.split())
    blocked_emails: frozenset[str] = frozenset(_BLOCKED_EMAILS.split())
    placeholder_names: frozenset[str] = frozenset(folded(_PLACEHOLDER_NAMES).split())

    def strength(self, kind: str) -> int:
        """The rank of a kind of key: 0 is strongest."""
        return self.kinds.index(kind)


DEFAULT = Rules()
