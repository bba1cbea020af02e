"""Problem: every answer that is not a 200, as a value. The sentences are for people and never repeat input."""

from __future__ import annotations

from attrs import frozen

from jivod.model.errors import JivodError


@frozen
class Fault:
    """What is wrong in one place of a request. `kind` says how `place` names it: pointer (into the body), parameter or
    header.
    """

    kind: str
    place: str
    detail: str


@frozen
class Problem:
    """`code` is for machines, `message` is what Jivo shows; `retry_after` in seconds; `allow` the methods of a 405;
    `challenge` what a 401 or 403 asks for. `faults`: the places that are wrong, for those who asked by the API.
    """

    status: int
    code: str
    message: str
    retry_after: int | None = None
    allow: str | None = None
    challenge: str | None = None
    faults: tuple[Fault, ...] = ()


class Stopped(JivodError):
    """A request went no further, and nothing was kept of it: `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.code = problem.code


BAD_REQUEST = Problem(400, "bad_request", "This is not a proper HTTP request.")
BAD_HOST = Problem(400, "bad_host", "The request needs exactly one valid Host header.")
EMPTY_BODY = Problem(400, "empty_body", "The body is empty; an event in JSON is expected.")
NOT_FOUND = Problem(404, "not_found", "There is nothing at this address.")
WRONG_METHOD = Problem(405, "wrong_method", "This address does not take this method.")
TOO_SLOW = Problem(408, "too_slow", "The request took too long to arrive.")
BODY_TOO_LARGE = Problem(413, "body_too_large", "The body is too large.")
TOO_MANY_TRIES = Problem(429, "too_many_tries", "Too many wrong addresses; try again later.", retry_after=600)
HEADERS_TOO_LARGE = Problem(431, "headers_too_large", "The header of the request is too large.")
NO_MEMORY = Problem(503, "busy", "No memory is left for this; try again.", retry_after=1)
INTERNAL = Problem(500, "internal", "jivod made a mistake; the event is kept for another try.")
