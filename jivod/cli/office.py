"""Office: what every verb works with: the settings, the store for as long as it is needed, the desk of the answers."""

from __future__ import annotations

import os
import pwd
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from jivod.model.audit import CLI, DONE, FAILED, OPENED, REFUSED, Record
from jivod.model.errors import Refused

if TYPE_CHECKING:
    from jivod.cli.visit import Visit
    from jivod.config.settings import Settings
    from jivod.flow.case import Desk
    from jivod.flow.steward import Hand
    from jivod.store.kv import Txn
    from jivod.store.lmdb import LmdbEngine

USER = "jivod"  # of the daemon, as systemd/jivod.sysusers.conf makes him
SECRET_BYTES = 24  # 32 characters, safe in a URL


class Office:
    """Made once per call of the command. `environ` may name the configuration in JIVOD_CONFIG."""

    def __init__(self, environ: Mapping[str, str], beside: Path | None = None) -> None:
        from jivod.cli.visit import operator

        self._environ = environ
        self._beside = beside or _home()
        self._operator = operator()  # before this process goes on as the owner of the store
        self._visit: Visit | None = None

    @cached_property
    def settings(self) -> Settings:
        """The configuration; the state directory and missing secrets are made. Raises BadConfig, and Refused where what
        is made would shut the daemon out.
        """
        from jivod.config.load import load, place

        demand_owner_of(place(self._environ, self._beside))
        return load(self._environ, self._beside, lambda: secrets.token_urlsafe(SECRET_BYTES))

    def look(self) -> Settings:
        """The same, read without making or changing anything; its notes say what a start would do. Raises BadConfig."""
        from jivod.config.load import load

        return load(self._environ, self._beside, None)

    def become_owner(self) -> None:
        """Called by root: go on as the user of the daemon, before anything else is read. Raises BadConfig."""
        from jivod.config.load import place

        state_dir = place(self._environ, self._beside)
        if state_dir.exists():
            become_owner_of(state_dir)

    @property
    def desk(self) -> Desk:
        """What an answer needs beyond the store, by the built-in policy."""
        from jivod.flow.case import Desk
        from jivod.policy.rules import DEFAULT

        return Desk(rules=DEFAULT, public_url=self.settings.public_url, language=self.settings.language)

    def desk_now(self, txn: Txn) -> Desk:
        """The same, by the policy that is in force in the store."""
        from jivod.flow.regime import in_force

        return evolve(self.desk, rules=in_force(txn))

    def hand(self, txn: Txn, by: str, at: int) -> Hand:
        """Somebody who decides, at `at` (UNIX ms), by the policy that is in force in the store."""
        from jivod.flow.regime import in_force
        from jivod.flow.steward import Hand

        return Hand(by=by, at=at, rules=in_force(txn), regions=self.regions)

    @property
    def accounts(self) -> tuple[str, ...]:
        """The Jivo accounts in which a visitor number may be looked up."""
        return self.settings.accounts

    @property
    def regions(self) -> tuple[str, ...]:
        """The countries in which a phone may have been typed without its code."""
        return self.settings.regions

    @contextmanager
    def store(self, action: str = OPENED, customers: Iterable[str] = ()) -> Iterator[LmdbEngine]:
        """The store, also while the daemon works with it; what for, in the words of `jivod.model.audit`, goes into the
        audit log, with the `customers` as far as they are known. Raises Refused if there is no store yet.
        """
        from jivod.store.lmdb import open_engine

        path = self.settings.data_dir
        become_owner_of(self.settings.state_dir)
        if not (path / "data.mdb").exists():
            raise Refused(f"there is no store in {path} yet; start the daemon first, with `make run` or by systemd")
        with self.noted(action, customers):
            try:
                engine = open_engine(path, self.settings.map_size)
            except OSError as error:
                raise Refused(
                    f"the store in {path} cannot be opened ({error.strerror}); run this as its owner"
                ) from error
            try:
                yield engine
            finally:
                engine.close()

    @contextmanager
    def noted(self, action: str, customers: Iterable[str] = (), at: Path | None = None) -> Iterator[None]:
        """What is done meanwhile goes into the audit log, that in the directory `at` if it is named. Raises Refused
        where a change cannot be recorded.
        """
        from jivod.cli.visit import Visit, now, verb
        from jivod.store.ledger import Ledger

        asked = Record(at=now(), by=self._operator, door=CLI, action=action, verb=verb(), customers=tuple(customers))
        before, visit = self._visit, Visit(Ledger(at or self.settings.audit_dir), asked)
        visit.begin()
        self._visit, result = visit, FAILED
        try:
            yield
            result = DONE
        except Refused:
            result = REFUSED
            raise
        finally:
            self._visit = before
            visit.end(result)

    def leave(self) -> None:
        """Nothing is changed after all."""
        assert self._visit is not None
        self._visit.is_undone = True

    def touch(self, customers: Iterable[str] = (), entries: Iterable[int] = (), *, about: str = "") -> None:
        """These customers are shown or changed, by these journal entries; or the token or user `about`, "all" for
        everybody. To be said while the store is open.
        """
        assert self._visit is not None
        self._visit.touch(customers, entries, about)


def become_owner_of(state_dir: Path) -> None:
    """Called by root: go on as the user of the daemon, so that no file is left that the daemon cannot open."""
    owner = state_dir.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.setgroups(_groups(owner.st_uid, owner.st_gid))
        os.setgid(owner.st_gid)
        os.setuid(owner.st_uid)


def demand_owner_of(state_dir: Path) -> None:
    """Raise Refused where root would make the directory, and so have it, and the daemon has a user of its own."""
    if os.geteuid() == 0 and not state_dir.exists() and _is_user(USER):
        raise Refused(
            f"there is no {state_dir} yet, and the daemon could not open one of root's; start the daemon first, or make"
            f" it for its user: install -d -m 700 -o {USER} -g {USER} {state_dir}"
        )


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _groups(uid: int, gid: int) -> list[int]:
    """Those that systemd gives to a service of this user."""
    try:
        return os.getgrouplist(pwd.getpwuid(uid).pw_name, gid)
    except KeyError:
        return []


def _home() -> Path:
    """The directory of jivod.tac: where this package was installed from, else the current one."""
    source = Path(__file__).resolve().parents[2]
    return source if (source / "jivod.tac").exists() else Path.cwd()
