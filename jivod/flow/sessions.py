"""Sessions: begun with a new cookie at each sign-in, admitted while they are good, ended one by one or all at once."""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import sha256

from attrs import evolve

from jivod.model.user import Session, Terms, User
from jivod.store import sessions, users
from jivod.store.kv import Txn

COOKIE_BYTES = 32
SEEN_EACH = 60_000  # ms: how exactly it is known when a session was used last

_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")


def digest_of(cookie: str) -> str | None:
    """The digest of a cookie; None for what cannot be one. 256 random bits need no salt and no slow hash."""
    return sha256(cookie.encode()).hexdigest() if _COOKIE.fullmatch(cookie) else None


def seal(cookie: str, purpose: str) -> str:
    """What proves, in a form, that it was made for whoever has this cookie. It does not tell the cookie."""
    return urlsafe_b64encode(hmac.digest(cookie.encode(), purpose.encode(), "sha256")).rstrip(b"=").decode()


def begin(txn: Txn, session: Session, terms: Terms) -> None:
    """Let a session begin. Those of its user that are over go; of too many, the one unused for longest."""
    left = [one for one in sessions.of_user(txn, session.user) if not _ended(txn, one, terms, session.made_at)]
    for one in left[sessions.MOST - 1 :]:
        sessions.remove(txn, one)
    sessions.put(txn, session)


def admit(txn: Txn, digest: str, terms: Terms, now: int) -> tuple[User, Session] | None:
    """Who is signed in by the cookie with this digest; None if nobody is, any more."""
    session = sessions.get(txn, digest)
    if session is None or terms.end(session, now):
        return None
    user = users.get(txn, session.user)
    return None if user is None or user.disabled else (user, session)


def touch(txn: Txn, digest: str, now: int) -> None:
    """The session was used."""
    session = sessions.get(txn, digest)
    if session is not None and now > session.seen_at:
        sessions.put(txn, evolve(session, seen_at=now))


def end(txn: Txn, digest: str, name: str | None = None) -> bool:
    """End a session, if it is one of the user `name`; whether it is."""
    session = sessions.get(txn, digest)
    if session is None or (name is not None and session.user != name):
        return False
    sessions.remove(txn, session)
    return True


def end_all(txn: Txn, name: str, but: str = "") -> int:
    """End all sessions of a user `but` that of this digest; how many."""
    found = [session for session in sessions.of_user(txn, name) if session.digest != but]
    for session in found:
        sessions.remove(txn, session)
    return len(found)


def listed(txn: Txn, name: str, terms: Terms, now: int) -> list[Session]:
    """The sessions of a user that are good, the one used last first."""
    return [session for session in sessions.of_user(txn, name) if not terms.end(session, now)]


def _ended(txn: Txn, session: Session, terms: Terms, now: int) -> bool:
    is_over = terms.end(session, now)
    if is_over:
        sessions.remove(txn, session)
    return is_over
