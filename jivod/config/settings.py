"""Settings: everything the operator decides, as frozen values with their defaults. `config.load` finds them."""

from __future__ import annotations

from pathlib import Path

from attrs import field, frozen

from jivod.model.retention import Rule
from jivod.model.user import Terms
from jivod.model.written import RowDraft, Written

MIB = 1024 * 1024

LISTEN = "tcp:8080:interface=127.0.0.1"
ADMIN_LISTEN = "tcp:8081:interface=127.0.0.1"
DEFAULT_CHANNEL = "jivo"  # the one there is where none is configured
LANGUAGES = ("en", "es", "pt", "ru", "tr")
MAP_SIZE = 64 * 1024 * MIB
UNIX = "unix"  # where another program may be on the other side of a socket


@frozen(kw_only=True)
class Channel:
    """One webhook URL. `secret` is its part that only Jivo knows; ids are unique within `account`.

    `region` is the ISO 3166 country of phones typed without a code; `token_secret` verifies signed user_tokens.
    """

    name: str
    secret: str = field(repr=False)
    account: str
    region: str | None = None
    token_secret: str | None = field(default=None, repr=False)


@frozen(kw_only=True)
class Sink:
    """Who is told of changes. `url` may hold a secret: never log it; `host` is the part that may be shown. `key` signs,
    `events` are kinds of `model.change`, `timeout` is in seconds.
    """

    name: str
    url: str = field(repr=False)
    host: str
    key: bytes = field(repr=False)
    events: frozenset[str]
    timeout: float = 15.0


@frozen(kw_only=True)
class Lookup:
    """Another CRM to be asked. `url` is a template; `attributes` tells where in the answer each value stands. Times are
    in seconds.
    """

    url: Written
    headers: dict[str, str] = field(repr=False)
    attributes: dict[str, tuple[str | int, ...]]
    deadline: float = 0.8
    cache: float = 60.0


@frozen(kw_only=True)
class Retention:
    """What is kept for how long, as configured. `hour`: of the day, in local time, when the daemon sees to it."""

    rule: Rule = Rule()
    hour: int = 3

    @property
    def is_set(self) -> bool:
        """Whether anything is not to be kept for ever."""
        return self.rule != Rule()


@frozen(kw_only=True)
class Pages:
    """Who may stay signed in for how long, in hours and days; and who says in which header that somebody is signed in
    already: `trust_from` are the networks of such proxies, UNIX that of a socket.
    """

    idle_hours: float = 8.0
    absolute_days: float = 7.0
    trust_header: str | None = None
    trust_from: tuple[str, ...] = ()

    @property
    def terms(self) -> Terms:
        """For how long a session is good."""
        return Terms(idle=round(self.idle_hours * 3_600_000), absolute=round(self.absolute_days * 86_400_000))


@frozen(kw_only=True)
class Settings:
    """What a process needs to know at its start. Sizes in bytes, `deadline` in seconds. `zone`: where days begin.

    `listen` and `admin_listen` are Twisted endpoint strings. `notes` are sentences for the operator about what is
    allowed and yet may surprise.
    """

    state_dir: Path
    channels: tuple[Channel, ...]
    public_url: str
    listen: str = LISTEN
    admin_listen: str = ADMIN_LISTEN
    language: str = "en"
    policy: Path | None = None
    sinks: tuple[Sink, ...] = ()
    deadline: float = 2.5
    body_limit: int = MIB
    queue_events: int = 2000
    queue_bytes: int = 32 * MIB
    connections: int = 1000
    map_size: int = MAP_SIZE
    audit_months: int = 24
    rows: tuple[RowDraft, ...] = ()
    lookup: Lookup | None = None
    retention: Retention = Retention()
    pages: Pages = Pages()
    zone: str = "UTC"
    notes: tuple[str, ...] = ()

    @property
    def data_dir(self) -> Path:
        """The directory of the store."""
        return self.state_dir / "data"

    @property
    def audit_dir(self) -> Path:
        """The directory of the audit log."""
        return self.state_dir / "audit"

    @property
    def accounts(self) -> tuple[str, ...]:
        """The Jivo accounts in which a visitor number may be looked up."""
        return tuple(dict.fromkeys(channel.account for channel in self.channels))

    @property
    def regions(self) -> tuple[str, ...]:
        """The countries in which a phone may have been typed without its code."""
        return tuple(dict.fromkeys(channel.region for channel in self.channels if channel.region))

    def webhook_url(self, channel: Channel) -> str:
        """The URL to paste into Jivo. It holds the secret: never log it."""
        return f"{self.public_url}{webhook_path(channel)}"

    def welcome_url(self, link: str) -> str:
        """The URL by which a user sets his password. It holds the secret `link`: never log it."""
        return f"{self.public_url}{welcome_path(link)}"


def welcome_path(link: str) -> str:
    """The path of a one-time link on the daemon itself. It holds the secret."""
    return f"/welcome/{link}"


def webhook_path(channel: Channel) -> str:
    """The path of the channel's webhooks on the daemon itself. It holds the secret."""
    return f"/jivo/{channel.secret}"
