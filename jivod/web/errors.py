"""Errors: the one exit. Whatever is raised on the way of a request becomes a status, headers and a body here: JSON,
or a page for who looks at pages.

Nothing of the input, no path, trace or version goes out; the request id joins the answer with its line in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen
from klein import Klein
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from jivod.model.errors import Busy, Damaged, JivodError, Refused, StoreFailed, StoreFull, Unreadable
from jivod.web import urls
from jivod.web.problem import BAD_REQUEST, INTERNAL, NO_MEMORY, NOT_FOUND, WRONG_METHOD, Problem, Stopped
from jivod.web.response import CONTENT_TYPE, JSON, PAGE_HEADERS, send
from jivod.wire import problem as wire
from jivod.wire.jivo import write_error

if TYPE_CHECKING:
    from twisted.web.server import Request

UNSUPPORTED_ENCODING = "unsupported_encoding"

_STATUSES: tuple[tuple[type[JivodError], int, int | None], ...] = (
    (Unreadable, 400, None),
    (Refused, 409, None),
    (Busy, 503, 1),
    (StoreFull, 503, 60),
    (StoreFailed, 503, 2),
    (Damaged, 500, None),
)
_LOUD = 500
_PROBLEM_JSON = b"application/problem+json; charset=utf-8"
_OUR_MISTAKE = "jivod made a mistake; its log tells more under the request_id."
_log = Logger(namespace="jivod.web")


Face = Callable[[Headers, Problem, str], bytes]
"""What a person, whose request had these headers, sees of a problem with this request id. Neither fails nor waits."""


@frozen
class Exit:
    """Answers for errors. `new_id` makes request ids. `face`: for requests of people, where there are pages."""

    new_id: Callable[[], str]
    face: Face | None = None

    def leave(self, request: Request, failure: Failure) -> bytes:
        """Set status and headers of `request`; returns the body. A fault of ours gets a line in the log."""
        problem, request_id = self.judge(failure)
        body, headers = self.answer(request.path, request.requestHeaders, problem, request_id)
        return send(request, problem.status, body, headers)

    def judge(self, failure: Failure) -> tuple[Problem, str]:
        """What is wrong, and the request id under which a fault of ours has its line in the log."""
        problem = problem_of(failure.value)
        request_id = self.new_id()
        if problem.status >= _LOUD:
            self._report(problem, request_id, failure)
        elif isinstance(failure.value, Unreadable):
            _log.info("unreadable body", code=problem.code, request_id=request_id)
        return problem, request_id

    def answer(
        self, path: bytes, headers: Headers, problem: Problem, request_id: str
    ) -> tuple[bytes, Mapping[bytes, bytes]]:
        """The body for `problem` and the headers that only it has, in the manner of whoever asks."""
        if self.face is not None and is_for_people(path, headers):
            return self.face(headers, problem, request_id), {**extra_headers(problem, False), **PAGE_HEADERS}
        is_api = urls.is_api(path)
        return body_of(problem, request_id, is_api), extra_headers(problem, is_api)

    def attach(self, app: Klein) -> None:
        """Let every error of `app` leave here."""

        @app.handle_errors(Exception)
        def leave(request: Any, failure: Failure) -> bytes:
            return self.leave(request, failure)

    def _report(self, problem: Problem, request_id: str, failure: Failure) -> None:
        if isinstance(failure.value, JivodError):
            _log.error("request failed: {code}", code=problem.code, request_id=request_id)
        else:
            _log.failure("request failed", failure, code=problem.code, request_id=request_id)


def problem_of(error: BaseException | None) -> Problem:
    """The status and the words for `error`."""
    if isinstance(error, Stopped):
        return error.problem
    if isinstance(error, JivodError):
        return _known(error)
    if isinstance(error, MemoryError):
        return NO_MEMORY
    if isinstance(error, MethodNotAllowed):
        return evolve(WRONG_METHOD, allow=", ".join(sorted(error.valid_methods or ())))
    if isinstance(error, HTTPException):  # a redirect is one too: the router never sends anybody anywhere
        return BAD_REQUEST if error.code == BAD_REQUEST.status else NOT_FOUND
    return INTERNAL


def is_for_people(path: bytes, headers: Headers) -> bool:
    """Whether a page is expected there, and not JSON."""
    accepted = headers.getRawHeaders(b"Accept") or (b"",)
    return urls.is_for_people(path) and b"text/html" in accepted[0].lower()


def body_of(problem: Problem, request_id: str, is_api: bool) -> bytes:
    """The JSON that goes with `problem`: as Jivo shows it, or as RFC 9457 has it for who asked by the API."""
    if not is_api:
        return write_error(problem.message, problem.code, request_id)
    title = HTTPStatus(problem.status).phrase
    detail = _sentence(_OUR_MISTAKE if problem.status == INTERNAL.status else problem.message)
    faults = [{fault.kind: fault.place, "detail": fault.detail} for fault in problem.faults]
    return wire.write(problem.status, title, problem.code, detail, request_id, faults)


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:].removesuffix(".") + "."


def extra_headers(problem: Problem, is_api: bool) -> Mapping[bytes, bytes]:
    """The headers that only `problem` has."""
    headers = {CONTENT_TYPE: _PROBLEM_JSON if is_api else JSON}
    if problem.challenge is not None:
        headers[b"WWW-Authenticate"] = problem.challenge.encode()
    if problem.retry_after is not None:
        headers[b"Retry-After"] = b"%d" % problem.retry_after
    if problem.allow is not None:
        headers[b"Allow"] = problem.allow.encode()
    return headers


def _known(error: JivodError) -> Problem:
    if error.code == UNSUPPORTED_ENCODING:
        return Problem(415, error.code, str(error))
    if isinstance(error, Damaged):  # its message is for the log
        return Problem(500, error.code, INTERNAL.message)
    for kind, status, retry_after in _STATUSES:
        if isinstance(error, kind):
            return Problem(status, error.code, str(error), retry_after)
    return INTERNAL
