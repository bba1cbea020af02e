"""Premises: what the daemon itself is made of, for the pages of an administrator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import field, frozen

from jivod.config.settings import Settings
from jivod.policy.rows import Rows
from jivod.store.kv import Size


@frozen(kw_only=True)
class Address:
    """A channel, and the URL to paste into Jivo. It holds the secret: never log it."""

    channel: str
    account: str
    url: str = field(repr=False)


@frozen(kw_only=True)
class Premises:
    """`sinks`: name -> host, of those that are configured. `size`: of the store, None until it was measured.
    `is_stopped`: whether search cannot go on. `rows` are those of the operator, if he has any.
    """

    addresses: tuple[Address, ...] = ()
    sinks: dict[str, str] = field(factory=dict)
    size: Callable[[], Size | None] = lambda: None
    is_stopped: Callable[[], bool] = lambda: False
    audit: Path | None = None
    rows: Rows | None = None


def addresses(settings: Settings) -> tuple[Address, ...]:
    """The webhook URLs of all channels."""
    return tuple(
        [Address(channel=each.name, account=each.account, url=settings.webhook_url(each)) for each in settings.channels]
    )
