"""Staff: the people who use the pages: added, given a role, let in by a one-time link, kept out."""

from __future__ import annotations

import hmac
import re
from hashlib import sha256

from attrs import evolve

from jivod.flow import sessions
from jivod.model.access import Role
from jivod.model.errors import Refused
from jivod.model.user import User
from jivod.store import meta, users
from jivod.store.kv import Txn

LINK_BYTES = 32
LINK_FOR = 86_400_000  # ms
LONGEST_NAME = 64

BAD_NAME = "a user name has 1 to 64 letters a-z, digits and . _ - + @, the first a letter or digit; choose another"
NAME_TAKEN = "there is a user of this name already; choose another name"
TOO_MANY = f"there are {users.MOST} users already; no more fit"
NO_USER = "there is no user of this name; `jivod user list` shows who there is"
LAST_ADMIN = "nobody could manage users any more; give somebody else the role admin first"
DISABLED = "this user is disabled; enable him first"
BAD_LINK = "this link is none any more: it was used, it is older than a day, or there is a newer one; ask for another"

_FIRST = "first_link"  # in table meta: digest of the link that makes the first user, and until when
_NAME = re.compile(rf"[a-z0-9][a-z0-9._@+-]{{0,{LONGEST_NAME - 1}}}")
_LINK = re.compile(r"[A-Za-z0-9_-]{43}")


def name_of(text: str) -> str | None:
    """The user name that was typed, in whatever case; None for what is none. ASCII: no two names look alike."""
    plain = text.strip()
    name = plain.lower() if plain.isascii() else ""
    return name if _NAME.fullmatch(name) else None


def digest_of(link: str) -> str | None:
    """The digest of the secret of a link; None for what cannot be one."""
    return sha256(link.encode()).hexdigest() if _LINK.fullmatch(link) else None


def is_unstaffed(txn: Txn) -> bool:
    """Whether nobody was ever let in."""
    return not users.any_there(txn)


def add(txn: Txn, text: str, role: Role, at: int) -> User:
    """Let there be a user. He needs a link to set his password."""
    name = name_of(text)
    if name is None:
        raise Refused(BAD_NAME)
    if users.get(txn, name) is not None:
        raise Refused(NAME_TAKEN)
    if len(users.listed(txn)) >= users.MOST:
        raise Refused(TOO_MANY)
    user = User(name=name, role=role, created_at=at)
    users.put(txn, user)
    return user


def known(txn: Txn, text: str) -> User:
    """The user of that name. Raises Refused."""
    name = name_of(text)
    user = None if name is None else users.get(txn, name)
    if user is None:
        raise Refused(NO_USER)
    return user


def set_role(txn: Txn, text: str, role: Role) -> User:
    """Give a user another role. He has to sign in again."""
    user = known(txn, text)
    if user.role is role:
        return user
    if user.role is Role.ADMIN:
        _demand_other_admin(txn, user)
    return _changed(txn, evolve(user, role=role))


def disable(txn: Txn, text: str) -> User:
    """Keep a user out from this moment on; his link is void."""
    user = known(txn, text)
    if user.disabled:
        return user
    if user.role is Role.ADMIN:
        _demand_other_admin(txn, user)
    return _changed(txn, evolve(user, disabled=True, link="", link_until=0))


def enable(txn: Txn, text: str) -> User:
    """Let a user in again, with his old password."""
    user = known(txn, text)
    return _changed(txn, evolve(user, disabled=False)) if user.disabled else user


def give_link(txn: Txn, text: str, link: str, at: int) -> User:
    """Let the secret `link` set the password of a user once, within a day. His old password is good until then."""
    user, digest = known(txn, text), digest_of(link)
    if digest is None:
        raise ValueError("a link has 32 random bytes")
    if user.disabled:
        raise Refused(DISABLED)
    changed = evolve(user, link=digest, link_until=at + LINK_FOR)
    users.put(txn, changed)
    return changed


def whose_link(txn: Txn, link: str, at: int) -> User | None:
    """Whose link it is, if it is good. All are compared, whichever fits: the time must not tell."""
    digest, found = digest_of(link) or "", None
    for user in users.listed(txn):
        if hmac.compare_digest(user.link, digest) and user.link and not user.disabled and at < user.link_until:
            found = user
    return found


def use_link(txn: Txn, link: str, password: str, at: int) -> User:
    """Set the hash of a password by a link, which is void then. All sessions of the user end. Raises Refused."""
    user = whose_link(txn, link, at)
    if user is None:
        raise Refused(BAD_LINK)
    return set_password(txn, user, password)


def open_first(txn: Txn, link: str, at: int) -> bool:
    """Let the secret `link` make the first user within a day, and no older one any more; False if there is a user."""
    if not is_unstaffed(txn):
        return False
    meta.set_value(txn, _FIRST, [digest_of(link), at + LINK_FOR])
    return True


def is_first_link(txn: Txn, link: str, at: int) -> bool:
    """Whether it may make the first user."""
    digest, until = meta.value(txn, _FIRST) or ("", 0)
    return hmac.compare_digest(digest, digest_of(link) or "-") and at < until and is_unstaffed(txn)


def found(txn: Txn, link: str, text: str, password: str, at: int) -> User:
    """The first user, an admin with this hash of a password. Raises Refused."""
    if not is_first_link(txn, link, at):
        raise Refused(BAD_LINK)
    user = add(txn, text, Role.ADMIN, at)
    meta.set_value(txn, _FIRST, None)
    return set_password(txn, user, password)


def set_password(txn: Txn, user: User, password: str) -> User:
    """Keep the hash of a new password. All sessions of the user end, his link is void, no device is known any more."""
    return _changed(txn, evolve(user, password=password, link="", link_until=0))


def set_taste(txn: Txn, name: str, language: str | None, zone: str | None) -> User:
    """What a user wants to read in; None: whatever his browser says."""
    user = evolve(known(txn, name), language=language, zone=zone)
    users.put(txn, user)
    return user


def _changed(txn: Txn, user: User) -> User:
    users.put(txn, user)
    sessions.end_all(txn, user.name)
    return user


def _demand_other_admin(txn: Txn, user: User) -> None:
    others = [one for one in users.listed(txn) if one.name != user.name and not one.disabled]
    if not user.disabled and not any(one.role is Role.ADMIN for one in others):
        raise Refused(LAST_ADMIN)
