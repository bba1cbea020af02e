"""Load: from the environment and the configuration file to `Settings`, or one sentence with file, line and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Any

from attrs import asdict

from jivod.config import address, answer, pages, state
from jivod.config.secrets import Keeper
from jivod.config.settings import ADMIN_LISTEN, DEFAULT_CHANNEL, LANGUAGES, LISTEN, MIB, Channel, Retention, Settings
from jivod.config.sinks import make_sinks, unsealed
from jivod.config.structure import structure
from jivod.config.tables import ChannelTable, FileTable, RetentionTable
from jivod.model import region
from jivod.model.errors import BadConfig
from jivod.model.retention import Rule
from jivod.strict.rights import closing, opening
from jivod.strict.source import Place, Source, read

_MISSING = "create it, or point JIVOD_CONFIG to another"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_RANGES: dict[Place, tuple[float, float]] = {
    ("audit", "months"): (1, 1200),
    ("limits", "deadline"): (0.1, 60),
    ("limits", "body_limit"): (1024, 64 * MIB),
    ("limits", "queue_events"): (1, 1_000_000),
    ("limits", "queue_bytes"): (1024, 4096 * MIB),
    ("limits", "connections"): (1, 100_000),
    ("lookup", "deadline"): (0.05, 10),
    ("lookup", "cache"): (0, 86_400),
    ("retention", "chats_months"): (1, 240),
    ("retention", "quarantine_days"): (1, 3650),
    ("retention", "hour"): (0, 23),
    ("pages", "idle_hours"): (0.25, 720),
    ("pages", "absolute_days"): (0.25, 90),
    ("store", "map_size"): (16 * MIB, 64 * 1024 * 1024 * MIB),
}


def load(environ: Mapping[str, str], beside: Path, make_secret: Callable[[], str] | None) -> Settings:
    """Read the file that `environ["JIVOD_CONFIG"]` names, else etc/jivod.toml in `beside` if there is one.

    The state directory is made if it is not there; a channel without a secret gets one by `make_secret`, kept in
    <state_dir>/<channel>.secret. With None for `make_secret` nothing is made or changed: a secret that is still to be
    made is empty, and the notes say what a start would do. Raises BadConfig("FILE:LINE: what is wrong; what to do").
    """
    source = find(environ, beside)
    table = structure(source)
    _check_ranges(source, table)
    state_dir = _state_dir(source, table, environ, beside)
    if wrong := state.prepare(state_dir) if make_secret else state.examine(state_dir):
        raise source.fault(("state_dir",), f"state directory {wrong[0]}", wrong[1])
    keeper = Keeper(source=source, environ=environ, state_dir=state_dir, make_secret=make_secret)
    channels = _channels(source, table.channel, keeper)
    lookup, addresses = answer.lookup(source, table.lookup, keeper), _addresses(source, table)
    given = {**asdict(table.limits), **asdict(table.store), "audit_months": table.audit.months}
    return Settings(
        state_dir=state_dir,
        channels=channels,
        policy=_policy(source, table.policy),
        sinks=(sinks := make_sinks(source, table.sink, keeper)),
        rows=answer.rows(source, table.answer),
        lookup=lookup,
        retention=_retention(table.retention),
        pages=pages.pages(source, table.pages),
        notes=(
            *_notes(source, table, state_dir),
            *unsealed(source, sinks),
            *answer.notes(lookup),
            *pages.notes(table.pages, addresses["public_url"]),
            *_plans(state_dir, channels),
        ),
        **addresses,
        **_language(source, table.language),
        **_zone(source, table.pages.zone),
        **{name: value for name, value in given.items() if value is not None},
    )


def find(environ: Mapping[str, str], beside: Path) -> Source:
    """The configuration file that counts, read; an empty `Source` when there is none at all."""
    if named := environ.get("JIVOD_CONFIG"):
        return read(Path(named), BadConfig, missing=_MISSING)
    usual = beside / "etc" / "jivod.toml"
    return read(usual, BadConfig) if _may_be_there(usual) else Source(None, BadConfig)


def _may_be_there(path: Path) -> bool:
    """Also where nobody can tell: whoever reads it says why. `Path.exists` says no then, from Python 3.14 on."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def place(environ: Mapping[str, str], beside: Path) -> Path:
    """The state directory, whether it is there or not. Raises BadConfig."""
    source = find(environ, beside)
    return _state_dir(source, structure(source), environ, beside)


def _state_dir(source: Source, table: FileTable, environ: Mapping[str, str], beside: Path) -> Path:
    if table.state_dir:
        path = source.beside(table.state_dir)
    elif given := environ.get("STATE_DIRECTORY"):
        path = Path(given.split(":")[0])
    else:
        path = beside / "var"
    return path.resolve()


def _addresses(source: Source, table: FileTable) -> dict[str, Any]:
    listen = address.endpoint(source, "listen", table.listen or LISTEN)
    admin_listen = address.endpoint(source, "admin_listen", table.admin_listen or ADMIN_LISTEN)
    if listen == admin_listen:
        raise source.fault(("admin_listen",), "listen and admin_listen are the same", "give each its own port")
    if table.public_url is not None:
        public_url = address.public_url(source, table.public_url)
    else:
        public_url = address.default_url(source, listen)
    return {"listen": listen, "admin_listen": admin_listen, "public_url": public_url}


def _language(source: Source, language: str | None) -> dict[str, Any]:
    if language is None:
        return {}
    if language not in LANGUAGES:
        raise source.fault(("language",), f"unknown language {language!r}", "choose one of " + " ".join(LANGUAGES))
    return {"language": language}


def _zone(source: Source, zone: str | None) -> dict[str, Any]:
    if zone is None or zone == "UTC":
        return {}
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        remedy = 'write one of the tz database, like "Europe/Istanbul" (apt install tzdata, if it knows none)'
        raise source.fault(("pages", "zone"), "zone is no time zone that this system knows", remedy) from None
    return {"zone": zone}


def _policy(source: Source, name: str | None) -> Path | None:
    if name is None:
        return None
    path = source.beside(name)
    try:
        is_there = S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        is_there = False
    except OSError as error:  # Path.is_file would say no, from Python 3.14 on
        problem = f"the policy file {path} cannot be read ({error.strerror})"
        raise source.fault(("policy",), problem, opening(path)) from None
    if not is_there:
        raise source.fault(("policy",), f"there is no policy file {path}", "create it, or remove this line")
    return path


def _retention(table: RetentionTable) -> Retention:
    rule = Rule(chats_months=table.chats_months, quarantine_days=table.quarantine_days)
    return Retention(rule=rule) if table.hour is None else Retention(rule=rule, hour=table.hour)


def _channels(source: Source, tables: tuple[ChannelTable, ...], keeper: Keeper) -> tuple[Channel, ...]:
    if not tables:
        return (_channel(source, (), ChannelTable(name=DEFAULT_CHANNEL), keeper),)
    _refuse_twins(source, "name", [table.name for table in tables])
    channels = tuple(_channel(source, ("channel", i), table, keeper) for i, table in enumerate(tables))
    _refuse_twins(source, "secret", [channel.secret or None for channel in channels])
    return channels


def _channel(source: Source, place: Place, table: ChannelTable, keeper: Keeper) -> Channel:
    if table.name is None:
        raise source.fault(place, "a channel without a name", 'write name = "shop", or whatever you call it')
    for key, value in (("name", table.name), ("account", table.account)):
        if value is not None and not _NAME.fullmatch(value):
            remedy = "use 1 to 64 letters, digits, dots, dashes and underscores (A-Z a-z 0-9 . - _)"
            raise source.fault((*place, key), f"{key} does not fit", remedy)
    if table.region is not None and (fault := region.wrong(table.region)):
        raise source.fault((*place, "region"), *fault)
    return Channel(
        name=table.name,
        secret=keeper.webhook(place, table.name, table.secret, table.secret_file),
        account=table.account or table.name,
        region=table.region,
        token_secret=keeper.token(place, table.token_secret, table.token_secret_file),
    )


def _refuse_twins(source: Source, what: str, values: list[str | None]) -> None:
    for index, value in enumerate(values):
        if value is not None and value in values[:index]:
            problem = f"two channels have the same {what}"
            raise source.fault(("channel", index, what), problem, f"give each channel a {what} of its own")


def _check_ranges(source: Source, table: FileTable) -> None:
    for place, (least, most) in _RANGES.items():
        section, key = place
        value = getattr(getattr(table, str(section)), str(key))
        if value is not None and not least <= value <= most:
            raise source.fault(place, f"{key} is out of range", f"choose between {least} and {most}")


def _notes(source: Source, table: FileTable, state_dir: Path) -> Iterable[str]:
    if source.path and _holds_secrets(table) and source.path.stat().st_mode & 0o004:
        remedy = closing(source.path, *state.owner(state_dir, source.path))
        yield f"{source.path}:1: every user of this machine can read the secrets in this file; {remedy}"


def _holds_secrets(table: FileTable) -> bool:
    return bool(table.sink) or any(c.secret or c.token_secret for c in table.channel)


def _plans(state_dir: Path, channels: Iterable[Channel]) -> Iterable[str]:
    if plan := state.plan(state_dir):
        yield f"the next start {plan}"
    for channel in channels:
        if not channel.secret:
            yield f"the next start makes a secret for the channel {channel.name}"
