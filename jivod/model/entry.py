"""Entry: one line of the journal, the truth from which everything else can be rebuilt."""

from __future__ import annotations

from jivod.model.value import frozen

EVENT = "event"  # a body that Jivo sent
DECISION = "decision"  # what a person decided, written by jivod itself
IMPORT = "import"  # a row of the company's own data, written by jivod itself
ERASED = "erased"  # any of them, of a person who was erased: nothing of what it said is left

ENTRIES = (EVENT, DECISION, IMPORT, ERASED)
"""Every kind."""

TEST = "jivod-test"  # channel and account of the test events of the admin page
DEMO = "jivod-demo"  # site of what `jivod demo` plays


@frozen(kw_only=True)
class Origin:
    """Where a body came in, as configured at that moment: kept with the entry, so that a rebuild does not depend on
    today's file.
    """

    channel: str
    account: str
    region: str | None = None  # ISO country of phones typed without a code
    site: str | None = None  # last segment of the webhook URL, if any

    @property
    def is_invented(self) -> bool:
        """Whether jivod itself made up what came in here, so that there is something to see."""
        return self.site == DEMO or (self.channel == TEST and self.account == TEST)


@frozen(kw_only=True)
class Original:
    """What is known of a body whose content is gone: `digest` of what it said, by which it is known should it come
    again, and `head` of its record, by which a backup knows its store. Both in hex.
    """

    digest: str
    head: str


@frozen(kw_only=True)
class Entry:
    """A body as received, byte for byte. `received_at`: UNIX ms of the first receipt.

    `kind` is one of the words above. `signature` is what the check of a signed user_token said then
    (`policy.signature`); "" where there was none to check. With an `original` the body is a husk (`wire.husk`): its
    content grew too old to be kept.
    """

    seq: int
    received_at: int
    origin: Origin
    body: bytes
    kind: str = EVENT
    signature: str = ""
    original: Original | None = None


@frozen(kw_only=True)
class Quarantined:
    """A body that could not be read: kept raw until somebody retries or drops it. `code` and `message` say what was
    wrong.
    """

    number: int
    received_at: int
    origin: Origin
    code: str
    message: str
    body: bytes
