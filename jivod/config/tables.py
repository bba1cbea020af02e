"""Tables: the shape of the configuration file, before any default or check of meaning. All keys are optional here."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class ChannelTable:
    """[[channel]]"""

    name: str | None = None
    secret: str | None = None
    secret_file: str | None = None
    account: str | None = None
    region: str | None = None
    token_secret: str | None = None
    token_secret_file: str | None = None


@frozen(kw_only=True)
class SinkTable:
    """[[sink]]"""

    name: str | None = None
    url: str | None = None
    secret_file: str | None = None
    events: tuple[str, ...] | None = None
    timeout: float | None = None


@frozen(kw_only=True)
class StoreTable:
    """[store]"""

    map_size: int | None = None


@frozen(kw_only=True)
class AuditTable:
    """[audit]"""

    months: int | None = None


@frozen(kw_only=True)
class LimitsTable:
    """[limits]"""

    deadline: float | None = None
    body_limit: int | None = None
    queue_events: int | None = None
    queue_bytes: int | None = None
    connections: int | None = None


@frozen(kw_only=True)
class RowTable:
    """[[answer.row]]"""

    title: str | None = None
    content: str | None = None
    link: str | None = None
    key: str | None = None
    when: str | None = None


@frozen(kw_only=True)
class AnswerTable:
    """[answer]"""

    row: tuple[RowTable, ...] = ()


@frozen(kw_only=True)
class LookupTable:
    """[lookup]"""

    url: str | None = None
    deadline: float | None = None
    cache: float | None = None
    header_files: dict[str, str] = {}
    attributes: dict[str, str] = {}


@frozen(kw_only=True)
class RetentionTable:
    """[retention]"""

    chats_months: int | None = None
    quarantine_days: int | None = None
    hour: int | None = None


@frozen(kw_only=True)
class PagesTable:
    """[pages]"""

    zone: str | None = None
    idle_hours: float | None = None
    absolute_days: float | None = None
    trust_header: str | None = None
    trust_from: tuple[str, ...] | None = None


@frozen(kw_only=True)
class FileTable:
    """The whole file."""

    state_dir: str | None = None
    listen: str | None = None
    admin_listen: str | None = None
    public_url: str | None = None
    language: str | None = None
    policy: str | None = None
    channel: tuple[ChannelTable, ...] = ()
    sink: tuple[SinkTable, ...] = ()
    store: StoreTable = StoreTable()
    audit: AuditTable = AuditTable()
    limits: LimitsTable = LimitsTable()
    answer: AnswerTable = AnswerTable()
    lookup: LookupTable = LookupTable()
    retention: RetentionTable = RetentionTable()
    pages: PagesTable = PagesTable()
