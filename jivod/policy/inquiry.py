"""Inquiry: the address at which another CRM tells what it knows of a customer. Values fill its path and query alone."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from attrs import frozen

from jivod.model.errors import BadConfig
from jivod.model.written import Written
from jivod.policy.formats import Unshowable
from jivod.policy.rows import press_part
from jivod.policy.template import URL_CAP, Press, Template
from jivod.policy.view import Scene, names

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HEAD = re.compile(
    rf"(https?://(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?)(?:[/?][^#]*)?", re.DOTALL | re.ASCII
)
_WHOLE = re.compile(r"[\x21-\x7e]+")
_PROVEN = frozenset(("id", "token", "verified_email", "verified_phone", "link"))
_REMEDY = 'write it like "https://crm.example.com/api?email={{ customer.email }}", scheme and host as they are'


@frozen(kw_only=True)
class Inquiry:
    """`host` is the constant part: scheme, host and port."""

    host: str
    _template: Template

    def url(self, scene: Scene) -> bytes | None:
        """Where to ask. None if a value that it needs is not known."""
        wanted = {path[0] for path in self._template.names}
        try:
            url = self._template.render(names(scene, wanted, {}))
        except Unshowable:
            return None
        fits = len(url) < URL_CAP and _WHOLE.fullmatch(url) and url.startswith(self.host)
        return url.encode("ascii") if fits else None

    @property
    def is_proven(self) -> bool:
        """Whether it asks by nothing that a visitor may simply have typed."""
        return all(
            path[0] == "channel" or (path[0] == "customer" and path[1:2] and path[1] in _PROVEN)
            for path in self._template.names
        )


def prepare(url: Written, press: Press) -> Inquiry:
    """The inquiry that an operator wrote. Raises BadConfig: FILE:LINE: what is wrong; what to do."""
    head = _HEAD.fullmatch(url.text)
    if head is None or not _is_host(head[1]) or re.search(r"[^\x20-\x7e]", url.text):
        raise BadConfig(f"{url.where}: url is not an http or https URL with a constant host; {_REMEDY}")
    template = press_part("url", url, press.link, ())
    if any(path[0] == "lookup" for path in template.names):
        raise BadConfig(f"{url.where}: url names lookup, which comes of it; {_REMEDY}")
    if not template.names:
        raise BadConfig(f"{url.where}: url is the same for every customer; {_REMEDY}")
    return Inquiry(host=head[1], template=template)


def _is_host(text: str) -> bool:
    try:
        return urlsplit(text).port != 0
    except ValueError:  # a port beyond all ports, or brackets around what is no address
        return False
