"""Window: a shop with pages, and somebody in front of it. Whom the door lets in is said in a header of the tests."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlencode

import orjson
from attrs import define, evolve, field

from jivod.model.access import Role
from jivod.web.api.jobs import Jobs
from jivod.web.errors import Exit
from jivod.web.pages.assets import Assets
from jivod.web.pages.pages import PAGES, Pages
from jivod.web.pages.premises import Premises
from jivod.web.pages.press import Press
from jivod.web.pages.viewer import Viewer
from jivod.web.porch import Porch
from tests.web.shop import Reply, Shop, open_shop

CSRF = "csrf-of-the-session"
URL = "https://crm.example.com"
FORM = "application/x-www-form-urlencoded"
ASSETS = Assets()


@cache
def make_press() -> Press:
    """What prints the pages of all tests; it takes as long as a hundred of them."""
    return Press(ASSETS)


class Porter:
    """A door that lets in whom it is told to; at first, an administrator."""

    viewer: Viewer | None = Viewer(
        name="Zeynep", role=Role.ADMIN, language=None, zone=None, session="one", csrf=CSRF
    )  # fmt: skip

    async def admit(self, request: Any) -> Viewer | None:
        return self.viewer

    async def remains(self, request: Any) -> bool:
        return self.viewer is not None


@define(eq=False)
class Window:
    """`look` is a GET of a browser, `send` a form as a page of ours sends it."""

    porter: Porter = field(factory=Porter)
    pages: tuple[Any, ...] = PAGES
    file: Any = None
    premises: Premises = Premises()
    shop: Shop = field(init=False)
    jobs: Jobs = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.shop = self.open()

    def open(self) -> Shop:
        return open_shop(make_porch=self._porch)

    def others(self, jobs: Jobs, trail: Any, rulebook: Any) -> tuple[Any, ...]:
        """What serves people beside the pages."""
        return ()

    def be(self, **changes: Any) -> None:
        """Change who looks."""
        assert self.porter.viewer is not None
        self.porter.viewer = evolve(self.porter.viewer, **changes)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: Any) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        given = {"Accept": "text/html", **named}
        return self.shop.call(method, path, headers=given, body=body)

    def look(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, **headers)

    def page(self, path: str, **headers: str) -> str:
        """The HTML of a page that there is."""
        reply = self.look(path, **headers)
        assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8"), reply.body
        return reply.body.decode()

    def send(self, path: str, fields: dict[str, Any], *, csrf: str | None = CSRF, **headers: Any) -> Reply:
        token = {} if csrf is None else {"csrf": csrf}
        given = {"Content_Type": FORM, "Sec_Fetch_Site": "same-origin", **headers}
        return self.ask("POST", path, urlencode({**token, **fields}, doseq=True).encode(), **given)

    def tell(self, body: dict[str, Any]) -> None:
        assert self.shop.post(orjson.dumps(body)).status == 200

    def do(self, job: Any) -> Any:
        (outcome,) = self.shop.engine.write([job])
        if outcome.error is not None:
            raise outcome.error
        return outcome.value

    def _porch(self, jobs: Any, trail: Any, rulebook: Any, now: Any) -> Porch:
        self.jobs = jobs

        async def load(exit: Exit) -> Pages:
            await jobs.call(lambda engine: None)
            return self._pages(jobs, trail, rulebook, now, exit)

        return Porch(load, lambda: "0123456789abcdef")

    def _pages(self, jobs: Any, trail: Any, rulebook: Any, now: Any, exit: Exit) -> Pages:
        return Pages(
            door=self.porter,
            jobs=jobs,
            trail=trail,
            rulebook=rulebook,
            exit=exit,
            accounts=("main", "branch", "club"),
            regions=("TR",),
            public_url=URL,
            language="en",
            now=now,
            assets=ASSETS,
            press=make_press(),
            pages=self.pages,
            others=self.others(jobs, trail, rulebook),
            file=None if self.file is None else lambda: self.file,
            premises=evolve(self.premises, audit=trail.ledger.directory),
        )
