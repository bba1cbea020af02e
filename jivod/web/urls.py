"""Urls: each path once. No path ends with a slash, and none is ever redirected to."""

from __future__ import annotations

from collections.abc import Sequence

HOOK = "/jivo/<secret>"
HOOK_OF_SITE = "/jivo/<secret>/<site>"

HEALTHZ = "/healthz"
READYZ = "/readyz"
METRICS = "/metrics"

API = "/api/v1"
CUSTOMERS = f"{API}/customers"
CUSTOMER = f"{API}/customers/<id>"
CUSTOMER_MERGE = f"{API}/customers/<id>/merge"
CUSTOMER_UNMERGE = f"{API}/customers/<id>/unmerge"
CUSTOMER_DIFFERENT = f"{API}/customers/<id>/different"
CUSTOMER_SETTLE = f"{API}/customers/<id>/settle"
CUSTOMER_ERASE = f"{API}/customers/<id>/erase"
CUSTOMER_NOTES = f"{API}/customers/<id>/notes"
CUSTOMER_UNDO = f"{API}/customers/<id>/undo"
CUSTOMER_CHATS = f"{API}/customers/<id>/chats"
CUSTOMER_HISTORY = f"{API}/customers/<id>/history"
CHAT = f"{API}/chats/<account>/<path:ref>"
FIGURES = f"{API}/figures"
SEARCH = f"{API}/search"
REVIEWS = f"{API}/reviews"
EVENTS = f"{API}/events"
QUARANTINE = f"{API}/quarantine"
QUARANTINED = f"{API}/quarantine/<int:number>"
QUARANTINE_RETRY = f"{API}/quarantine/<int:number>/retry"
AUDIT = f"{API}/audit"
IMPORTS = f"{API}/imports"
IMPORT = f"{API}/imports/<id>"
ERASURE = f"{API}/erasures/<id>"
OPENAPI = f"{API}/openapi.json"

HOME = "/"
OVERVIEW = "/overview"
NOW = "/now"
NOW_ROWS = "/now/rows"
PEOPLE = "/customers"
PERSON = "/customers/<id>"  # the crm_link
PERSON_VALUE = "/customers/<id>/value"
PERSON_VALUES = "/customers/<id>/values"
PERSON_OWN = "/customers/<id>/attribute"
PERSON_SETTLE = "/customers/<id>/settle"
PERSON_NOTES = "/customers/<id>/notes"
PERSON_UNDO = "/customers/<id>/undo"
PERSON_PART = "/customers/<id>/part"
PERSON_SHARE = "/customers/<id>/share"
PERSON_DETACH = "/customers/<id>/detach"
PERSON_MERGE = "/customers/<id>/merge"
CONVERSATION = "/chats/<account>/<path:ref>"
PERSON_NEWS = "/customers/<id>/news"
LIVE = "/live"
DOUBTS = "/reviews"
DOUBT = "/reviews/<pair>"
DOUBTS_OF_KEY = "/reviews/key"
OFFICE = "/admin"
OFFICE_SINK = "/admin/sinks/<name>"
TRIAL = "/admin/test"
TRIED = "/admin/test/<int:number>"
INBOX = "/admin/quarantine"
INBOX_RETRY = "/admin/quarantine/<int:number>/retry"
LOGIN = "/login"
LOGOUT = "/logout"
WELCOME = "/welcome/<link>"
ACCOUNT = "/account"
PASSWORD = "/account/password"
SESSIONS = "/account/sessions"
USERS = "/admin/users"
USER = "/admin/users/<name>"
LANGUAGE = "/language"
STATIC = "/static/<version>/<name>"

_HOOK_HEAD = b"jivo"
_API_HEAD = b"/api/"
_IMPORTS = IMPORTS.encode()
_MACHINES = (b"/jivo", b"/api", b"/healthz", b"/readyz", b"/metrics")


def is_api(path: bytes) -> bool:
    """Whether a request for `path` came by the API, to whatever address: it is refused in the API's own way."""
    return path.startswith(_API_HEAD)


def is_upload(method: bytes, path: bytes) -> bool:
    """Whether a request to `path`, with what stands behind the "?", brings a file."""
    return method == b"POST" and path.partition(b"?")[0] == _IMPORTS


def is_for_people(path: bytes) -> bool:
    """Whether `path` may be one that people look at: not the webhook's, the API's or a supervisor's."""
    return b"/" + path[1:].partition(b"/")[0] not in _MACHINES


def hook_place(segments: Sequence[bytes]) -> tuple[str, str | None] | None:
    """(secret, site) where the decoded path `segments` are `HOOK` or `HOOK_OF_SITE`, else None."""
    if len(segments) not in (2, 3) or segments[0] != _HOOK_HEAD or not all(segments):
        return None
    try:
        secret, site = segments[1].decode(), segments[2].decode() if len(segments) == 3 else None
    except UnicodeDecodeError:
        return None
    return None if "/" in secret or (site is not None and "/" in site) else (secret, site)
