"""Clerk: lets people in and out: what is asked of the store, of the throttle and of the hasher, and in which order.

To whoever is not let in it always says the same, after the same work, whether there is such a user or not.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, evolve, frozen

from jivod.flow import devices, password, sessions, staff
from jivod.model.access import Role
from jivod.model.errors import Busy, Refused
from jivod.model.user import Session, Terms, User
from jivod.store import users
from jivod.store.kv import Txn
from jivod.web.api.jobs import Jobs
from jivod.web.signin import deed
from jivod.web.signin.caller import Caller
from jivod.web.signin.cookies import Device
from jivod.web.signin.deed import Deed, Tell
from jivod.web.signin.hasher import Hasher
from jivod.web.signin.throttle import Throttle

_SIZE = 1024  # bytes that a job holds
_NOBODY = 64  # characters by which a name is counted that is none


@frozen(kw_only=True)
class Opened:
    """He is in. `cookie` is that of his session, `device` what his browser is to keep."""

    user: User
    cookie: str
    device: Device


@frozen(kw_only=True)
class Denied:
    """He is not, and may try again after `wait` seconds; `wait` 0: name or password are wrong."""

    wait: float = 0.0


@define(eq=False, slots=False)
class Clerk:
    """`new_cookie` and `new_link` make 43 random characters, `new_number` 22; `now` gives UNIX ms; `tell` is told what
    happened.
    """

    jobs: Jobs
    hasher: Hasher
    throttle: Throttle
    terms: Terms
    now: Callable[[], int]
    new_cookie: Callable[[], str]
    new_number: Callable[[], str]
    new_link: Callable[[], str]
    tell: Tell

    async def sign_in(self, caller: Caller, text: str, typed: str) -> Opened | Denied:
        """Let in whoever knows the password `typed` of the user called `text`. Raises Busy."""
        name = staff.name_of(text)
        counted = name or f"?{text[:_NOBODY]}"
        user, is_known = await self.jobs.read(lambda txn: _look(txn, name, caller.device))
        kept = user.password if user is not None and not user.disabled else ""
        device = caller.device.number if is_known and caller.device is not None else None
        place = (counted, caller.address, device)
        if (wait := self.throttle.take(*place)) > 0:
            self._tell(deed.SLOWED, "" if user is None else user.name, caller)
            return Denied(wait=wait)
        try:
            is_right, renewed = await self.hasher.run(
                lambda: _judge(kept, typed), caller.address, favoured=device is not None
            )
        except Busy:
            self.throttle.forgive(*place)
            raise
        opened = await self._open(caller, user, kept, renewed) if is_right and user is not None else None
        if opened is None:
            self._tell(deed.FAILED, "" if user is None else user.name, caller)
            return Denied()
        self.throttle.succeeded(*place)
        self._tell(deed.SIGNED_IN, opened.user.name, caller)
        return opened

    async def sign_out(self, caller: Caller, name: str) -> None:
        """End the session that the caller came with."""
        digest = sessions.digest_of(caller.session or "")
        if digest is not None:
            await self.jobs.write(lambda txn: sessions.end(txn, digest, name), _SIZE)
        self._tell(deed.SIGNED_OUT, name, caller)

    async def use_link(self, caller: Caller, link: str, typed: str) -> Opened:
        """Set the password of the user whose link it is, and let him in. Raises Refused for a bad link or password."""
        user = await self.jobs.read(lambda txn: staff.whose_link(txn, link, self.now()))
        if user is None:
            raise Refused(staff.BAD_LINK)
        kept = await self._hashed(caller, typed, user.name)
        return await self._set(caller, lambda txn: staff.use_link(txn, link, kept, self.now()))

    async def found(self, caller: Caller, link: str, text: str, typed: str) -> Opened:
        """Make the first user, an admin, by the link for that, and let him in. Raises Refused."""
        if not await self.jobs.read(lambda txn: staff.is_first_link(txn, link, self.now())):
            raise Refused(staff.BAD_LINK)
        name = staff.name_of(text)
        if name is None:
            raise Refused(staff.BAD_NAME)
        kept = await self._hashed(caller, typed, name)
        opened = await self._set(caller, lambda txn: staff.found(txn, link, name, kept, self.now()))
        self._tell(deed.USER_ADDED, name, caller, about=name)
        return opened

    async def change_password(self, caller: Caller, name: str, old: str, new: str) -> Opened | Denied:
        """Set another password for a user who knows the `old` one; all his other sessions end. Raises Refused, Busy."""
        user = await self.jobs.read(lambda txn: staff.known(txn, name))
        place = (name, caller.address, f"session of {name}")  # guessing here is no matter of strangers
        if (wait := self.throttle.take(*place)) > 0:
            self._tell(deed.SLOWED, name, caller)
            return Denied(wait=wait)
        is_right = await self.hasher.run(lambda: password.is_right(user.password, old), caller.address, favoured=True)
        if not is_right:
            self._tell(deed.FAILED, name, caller)
            return Denied()
        self.throttle.succeeded(*place)
        kept = await self._hashed(caller, new, name)
        return await self._set(caller, lambda txn: _change(txn, user, kept))

    async def end_session(self, caller: Caller, name: str, digest: str) -> None:
        """End another session of the user himself."""
        await self.jobs.write(lambda txn: sessions.end(txn, digest, name), _SIZE)
        self._tell(deed.SESSION_ENDED, name, caller)

    async def end_others(self, caller: Caller, name: str) -> None:
        """End all sessions of the user himself but this one."""
        here = sessions.digest_of(caller.session or "") or ""
        await self.jobs.write(lambda txn: sessions.end_all(txn, name, but=here), _SIZE)
        self._tell(deed.SESSION_ENDED, name, caller)

    async def add(self, caller: Caller, by: str, text: str, role: Role) -> tuple[User, str]:
        """Let `by` add a user; the user, and the secret of the link that sets his password. Raises Refused."""
        link, at = self.new_link(), self.now()

        def job(txn: Txn) -> User:
            return staff.give_link(txn, staff.add(txn, text, role, at).name, link, at)

        user = await self.jobs.write(job, _SIZE)
        self._tell(deed.USER_ADDED, by, caller, about=user.name)
        return user, link

    async def give_link(self, caller: Caller, by: str, name: str) -> tuple[User, str]:
        """Let `by` give a user a link that sets his password. Raises Refused."""
        link, at = self.new_link(), self.now()
        user = await self.jobs.write(lambda txn: staff.give_link(txn, name, link, at), _SIZE)
        self._tell(deed.LINK_GIVEN, by, caller, about=user.name)
        return user, link

    async def change(self, caller: Caller, by: str, work: Callable[[Txn], User]) -> User:
        """Let `by` do with another user what `work` does (`flow.staff`). Raises Refused."""
        user = await self.jobs.write(work, _SIZE)
        self._tell(deed.USER_CHANGED, by, caller, about=user.name)
        return user

    async def _hashed(self, caller: Caller, typed: str, name: str) -> str:
        def work() -> str | Refused:
            fault = password.fault_of(typed, name)
            return password.hash_of(typed) if fault is None else Refused(fault)

        kept = await self.hasher.run(work, caller.address, favoured=True)
        if isinstance(kept, Refused):
            raise kept
        return kept

    async def _set(self, caller: Caller, work: Callable[[Txn], User]) -> Opened:
        opened = await self.jobs.write(self._opening(caller, work), _SIZE)
        self._tell(deed.PASSWORD_SET, opened.user.name, caller)
        return opened

    async def _open(self, caller: Caller, user: User, kept: str, renewed: str | None) -> Opened | None:
        def same(txn: Txn) -> User:
            found = users.get(txn, user.name)
            if found is None or found.disabled or found.password != kept:  # it took a moment, and something happened
                raise Refused(staff.NO_USER)
            if renewed is not None:
                found = evolve(found, password=renewed)
                users.put(txn, found)
            return found

        try:
            return await self.jobs.write(self._opening(caller, same), _SIZE)
        except Refused:
            return None

    def _opening(self, caller: Caller, work: Callable[[Txn], User]) -> Callable[[Txn], Opened]:
        """A job that begins a session of the user whom `work` finds, in place of the one the caller came with."""
        cookie, at = self.new_cookie(), self.now()
        device, old = caller.device or Device(self.new_number()), sessions.digest_of(caller.session or "")
        digest = sessions.digest_of(cookie)
        if digest is None:
            raise ValueError("a cookie has 32 random bytes")

        def job(txn: Txn) -> Opened:
            user = work(txn)
            if old is not None:
                sessions.end(txn, old)
            session = Session(
                digest=digest, user=user.name, made_at=at, seen_at=at, agent=caller.agent, address=caller.address
            )
            sessions.begin(txn, session, self.terms)
            marked = device.marked(devices.mark(txn, user, device.number))
            return Opened(user=user, cookie=cookie, device=marked)

        return job

    def _tell(self, what: str, by: str, caller: Caller, about: str = "") -> None:
        self.tell(Deed(what=what, by=by, address=caller.address, at=self.now(), about=about))


def _look(txn: Txn, name: str | None, device: Device | None) -> tuple[User | None, bool]:
    """The user, and whether the device is one of his."""
    user = None if name is None else users.get(txn, name)
    if user is None or device is None:
        return user, False
    return user, devices.is_known(txn, user, device.number, device.marks)


def _judge(kept: str, typed: str) -> tuple[bool, str | None]:
    """Whether it is the password, and what to keep of it from now on if that is more than `kept`."""
    is_right = password.is_right(kept, typed)
    return is_right, password.hash_of(typed) if is_right and password.is_outdated(kept) else None


def _change(txn: Txn, user: User, kept: str) -> User:
    found = users.get(txn, user.name)
    if found is None or found.disabled or found.password != user.password:
        raise Refused(staff.NO_USER)
    return staff.set_password(txn, found, kept)
