"""Visit: a window of the browser, and a witness of what its pages do: whom they ask, what they run, what is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from attrs import define, field
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

MARK = "pwned"
_WITNESS = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
window.pwned = () => { console.error("pwned"); return 1; };
"""
_PATIENCE = 10_000  # ms


@define(eq=False, slots=False)  # Playwright notes its handlers in it
class Visit:
    """`wrong` collects what no page of ours ever does; `requests` are those of the page that is open."""

    context: BrowserContext
    origin: str
    page: Page = field(init=False)
    wrong: list[str] = field(factory=list)
    requests: list[Request] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.context.set_default_timeout(_PATIENCE)
        self.context.add_init_script(_WITNESS)
        self.page = self.context.new_page()
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.on("popup", lambda popup: self.wrong.append("popup"))
        self.page.on("download", lambda download: self.wrong.append("download"))

    def go(self, path: str, status: int = 200) -> Page:
        """Open a page; it is there, and did nothing that it may not."""
        self.requests.clear()
        answer = self.page.goto(self.origin + path, wait_until="load")
        assert answer is not None
        assert answer.status == status, f"{path} is answered {answer.status}"
        return self.page

    def look(self) -> None:
        """Nothing was wrong until now."""
        self.wrong += [f"refused: {one}" for one in self.page.evaluate("window.__violations.splice(0)")]
        assert self.wrong == [], self.page.url

    def weight(self) -> int:
        """Bytes that came for the page that is open, heads and all."""
        whole = [request for request in self.requests if request.resource_type != "eventsource"]
        return sum(_size(request.sizes()) for request in whole if request.response() is not None)

    def close(self) -> None:
        self.context.close()

    def _dialog(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        expected = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if message.type in ("error", "warning") and not expected:
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith(self.origin + "/"):
            self.wrong.append(f"asked {urlsplit(request.url).netloc or request.url[:80]}")


def _size(sizes: Any) -> int:
    return int(sizes["responseHeadersSize"] + sizes["responseBodySize"])
