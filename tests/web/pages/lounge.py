"""Lounge: the pages with their true door, and browsers in front of it that keep their cookies as browsers do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from attrs import define, field

from jivod.config.settings import Pages as Settings
from jivod.flow import password, staff
from jivod.model.access import Role
from jivod.model.user import User
from jivod.service.hashing import InlineHashing
from jivod.web.errors import Exit
from jivod.web.pages.pages import Pages
from jivod.web.pages.session import Sessions
from jivod.web.porch import Porch
from jivod.web.signin.clerk import Clerk
from jivod.web.signin.deed import Deed
from jivod.web.signin.proxy import Proxy
from jivod.web.signin.throttle import Throttle
from tests.web.pages.window import ASSETS, FORM, URL, make_press
from tests.web.shop import Reply, Shop, open_shop

RIGHT = "kahve masa deniz 42"
HOME = "203.0.113.1"


@define(eq=False)
class Lounge:
    """`writes`: jobs that the writer was given. `told`: deeds that the clerk told of."""

    settings: Settings = field(factory=Settings)
    told: list[Deed] = field(factory=list)
    shop: Shop = field(init=False)
    clerk: Clerk = field(init=False)
    now: Any = field(init=False)
    writes: int = 0
    made: int = 0

    def __attrs_post_init__(self) -> None:
        self.shop = open_shop(make_porch=self._porch)

    def user(self, name: str = "owner", role: Role = Role.ADMIN, typed: str = RIGHT) -> User:
        return self.do(lambda txn: staff.set_password(txn, staff.add(txn, name, role, 1), password.hash_of(typed)))

    def do(self, job: Any) -> Any:
        (outcome,) = self.shop.engine.write([job])
        if outcome.error is not None:
            raise outcome.error
        return outcome.value

    def browser(self, address: str = HOME) -> Browser:
        return Browser(self, address)

    def signed_in(self, name: str = "owner", role: Role = Role.ADMIN) -> Browser:
        self.user(name, role)
        browser = self.browser()
        assert browser.sign_in(name).status == 303
        return browser

    def _porch(self, jobs: Any, trail: Any, rulebook: Any, now: Any) -> Porch:
        pages = self._pages(jobs, trail, rulebook, now)

        async def load(exit: Exit) -> Pages:
            return pages(exit)

        return Porch(load, lambda: "0123456789abcdef")

    def _pages(self, jobs: Any, trail: Any, rulebook: Any, now: Any) -> Callable[[Exit], Pages]:
        self.now = now
        submit = jobs.write

        def write(*arguments: Any) -> Any:
            self.writes += 1
            return submit(*arguments)

        jobs.write = write
        self.clerk = Clerk(
            jobs=jobs,
            hasher=InlineHashing(),
            throttle=Throttle(lambda: self.shop.clock.seconds()),
            terms=self.settings.terms,
            now=now,
            new_cookie=lambda: self._new(43),
            new_number=lambda: self._new(22),
            new_link=lambda: self._new(43),
            tell=self.told.append,
        )
        door = Sessions(jobs=jobs, terms=self.settings.terms, proxy=Proxy(self.settings), secret="s" * 43, now=now)
        return lambda exit: Pages(
            door=door,
            clerk=self.clerk,
            jobs=jobs,
            trail=trail,
            rulebook=rulebook,
            exit=exit,
            accounts=("main",),
            regions=("TR",),
            public_url=URL,
            language="en",
            now=now,
            assets=ASSETS,
            press=make_press(),
        )

    def _new(self, size: int) -> str:
        self.made += 1
        return f"{self.made:0{size}}"


@define(eq=False)
class Browser:
    """`cookies`: name -> value; `lines`: the Set-Cookie lines of the last answer; `csrf` of the last page."""

    lounge: Lounge
    address: str
    cookies: dict[str, str] = field(factory=dict)
    lines: list[str] = field(factory=list)
    csrf: str = ""

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        given = {"Host": "crm.example.com", "Accept": "text/html", "Content-Length": str(len(body))}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        wire = self.lounge.shop.connect(self.address)
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
        wire.send("\r\n".join(lines).encode() + body)
        head = wire.transport.value().partition(b"\r\n\r\n")[0].decode().split("\r\n")
        self.lines = [line.partition(": ")[2] for line in head if line.lower().startswith("set-cookie:")]
        for line in self.lines:
            self._keep(line)
        reply = wire.reply()
        wire.hang_up()
        return reply

    def look(self, path: str, **headers: str) -> Reply:
        reply = self.ask("GET", path, **headers)
        marker = 'name="csrf" value="'
        text = reply.body.decode()
        self.csrf = text.partition(marker)[2].partition('"')[0]
        return reply

    def send(self, path: str, fields: dict[str, Any], *, csrf: str | None = None, **headers: str) -> Reply:
        token = self.csrf if csrf is None else csrf
        body = urlencode({"csrf": token, **fields}, doseq=True).encode()
        return self.ask("POST", path, body, **{"Content_Type": FORM, "Sec_Fetch_Site": "same-origin", **headers})

    def sign_in(self, name: str = "owner", typed: str = RIGHT, **more: Any) -> Reply:
        return self.send("/login", {"name": name, "password": typed, **more})

    def is_in(self) -> bool:
        return self.look("/customers").status == 200

    def _keep(self, line: str) -> None:
        name, _, value = line.partition(";")[0].partition("=")
        if "Max-Age=0" in line:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value
