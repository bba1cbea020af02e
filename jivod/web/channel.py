"""Channel: one connection, and what it may cost us.

twisted.web has no limit for bodies, and its idle timer starts anew with each byte. Here every phase of a request has an
absolute deadline; the site looks at all connections twice a second, so that a request itself sets no timer.
A refused peer gets its answer, then a half-closed connection: closing at once with data unread would reset it, and the
answer would be lost.
"""

# mypy: disable-error-code="no-untyped-call, no-untyped-def"
from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import ISSLTransport, ITCPTransport
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.http_headers import Headers

from jivod.web import kernel
from jivod.web.budget import Budget
from jivod.web.house import House
from jivod.web.limits import CONTENT_LENGTH_DIGITS, is_sane_host
from jivod.web.phase import Phase
from jivod.web.problem import BAD_HOST, BAD_REQUEST, BODY_TOO_LARGE, HEADERS_TOO_LARGE, TOO_SLOW, Problem, Stopped
from jivod.web.response import last_answer

_CONTENT_LENGTH = b"content-length:"
_PATH_HEAD = 64  # bytes of a path that tell whose it is
_FLUSH_TIME = 15.0  # seconds for the last answer to leave


class JivodChannel(HTTPChannel):
    """A connection. `deadline` is the time of its clock at which `expire` is due, None for never.

    `short_body`: bytes that a body may have from anybody, without a question.
    """

    site: House
    transport: Any
    _path: Any
    phase = Phase.HEADER
    deadline: float | None = None
    stalled_until: float | None = None
    short_body = 0
    _served = 0

    def connectionMade(self) -> None:
        """A peer connected; it has not said anything yet."""
        limits = self.site.limits
        self.MAX_LENGTH = self.totalHeadersSize = limits.header_bytes
        self.maxHeaders = limits.headers
        self.short_body = min(limits.short_body, limits.body)
        self._host = self.transport.getHost()
        self._enter(Phase.HEADER, limits.header_time)
        self.site.opened(self)
        super().connectionMade()

    def getHost(self) -> Any:
        """Where it listens. Each request asks, and the kernel would be asked each time."""
        return self._host

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The connection is gone, whoever closed it."""
        self.deadline = self.stalled_until = None
        self._release()
        self.site.closed(self)
        super().connectionLost(reason)

    def dataReceived(self, data: bytes) -> None:
        """Bytes came. After a refusal they are read and dropped."""
        if self.phase is Phase.CLOSING:
            return
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEADER, self.site.limits.header_time)
        LineReceiver.dataReceived(self, data)

    def headerReceived(self, line: bytes) -> bool:
        """One header line. An absurd length is refused before anybody makes a number of it."""
        if line[:15].lower() == _CONTENT_LENGTH:
            digits = line[15:].strip(b" \t")
            if len(digits) > CONTENT_LENGTH_DIGITS and digits.isdigit():
                self.refuse(BODY_TOO_LARGE)
                return False
        return bool(super().headerReceived(line))

    def allHeadersReceived(self) -> None:
        """The header is complete: the last moment to refuse before "100 Continue" and the body."""
        problem = self._problem_of_header()
        if problem is not None:
            self.refuse(problem)
            return
        if self.length != 0:
            self._enter(Phase.BODY, self.site.limits.body_time)
        if self.length is None:  # kept line by line, trailers take thirty times their size
            decoder: Any = self._transferDecoder
            decoder._maxTrailerHeadersSize = self.site.limits.trailer_bytes
        super().allHeadersReceived()

    def rawDataReceived(self, data: bytes) -> None:
        """A piece of the body, or of the next request while this one is worked on."""
        try:
            super().rawDataReceived(data)
        except Stopped as stop:
            self.refuse(stop.problem)
            return
        rest = self._rest_of_chunk()
        if rest:
            request = self.requests[-1]
            problem = request.problem_of_size(request.content.tell() + rest)
            if problem is not None:
                self.refuse(problem)

    @property
    def budget(self) -> Budget:
        """What a long body of the request that is coming in takes from."""
        return self.site.budget_of(self._command, self._path)

    def problem_of_long(self, request: Any) -> Problem | None:
        """Why `request`, whose body is still coming in, may not bring a long one."""
        return self.site.problem_of_long(request, self._command, self._path)

    def _rest_of_chunk(self) -> int:
        """Bytes that the present chunk has announced and not yet brought."""
        decoder: Any = self._transferDecoder
        return decoder.length if getattr(decoder, "state", "") == "BODY" else 0

    def allContentReceived(self) -> None:
        """The request is complete, unless its header was refused."""
        if self.phase is Phase.CLOSING:
            return
        self.phase, self.deadline = Phase.WORK, None
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        """The answer is written. May go on at once with the next request, if it is here already."""
        if request.held:
            request.release()
        if self.site.draining:
            self.persistent = False
        if self.persistent:
            self._enter(Phase.IDLE, self.site.limits.idle_time)
        else:
            self._enter(Phase.CLOSING, _FLUSH_TIME)
        super().requestDone(request)

    def checkPersistence(self, request: Any, version: bytes) -> bool:
        """Whether the connection stays open after this request."""
        self._served += 1
        if self._served >= self.site.limits.requests_per_connection or self.site.draining:
            request.responseHeaders.setRawHeaders(b"Connection", [b"close"])
            return False
        return bool(super().checkPersistence(request, version))

    def lineLengthExceeded(self, line: bytes) -> None:
        """A line longer than all headers may be."""
        if not self.requests:  # it is the first one, which nobody has read yet
            self._path = line.partition(b" ")[2][:_PATH_HEAD]
        self.refuse(HEADERS_TOO_LARGE)

    def pauseProducing(self) -> None:
        """The peer does not read what we wrote."""
        if self.stalled_until is None:
            limits = self.site.limits
            patience = limits.stream_stall_time if self.phase is Phase.STREAM else limits.stall_time
            self.stalled_until = self.site.seconds() + patience
        super().pauseProducing()

    def resumeProducing(self) -> None:
        """All that we wrote has left."""
        self.stalled_until = None
        super().resumeProducing()

    def expire(self) -> None:
        """The deadline of the phase has passed."""
        if self.phase is Phase.CLOSING:
            self.transport.abortConnection()
        elif self.phase is Phase.BODY or self._has_begun():
            self.refuse(TOO_SLOW)
        else:
            self.close()

    def close(self) -> None:
        """Close when what was written has left."""
        self._enter(Phase.CLOSING, _FLUSH_TIME)
        self.loseConnection()

    def stream(self) -> None:
        """The answer to the present request has no end of its own. Its peer is to read what there is, always."""
        limits = self.site.limits
        self.phase = Phase.STREAM
        kernel.bound(self.transport, limits.stream_unread, limits.stream_silence)

    def abort(self) -> None:
        """Close now, whatever has not left."""
        self.transport.abortConnection()

    def close_if_idle(self) -> None:
        """Close where a request was answered and no other one is on its way in."""
        if self.phase is Phase.IDLE:
            self.close()

    def close_if_silent(self) -> None:
        """Close where the peer has connected and sent nothing."""
        if self.phase is Phase.HEADER and not self._has_begun():
            self.close()

    def refuse(self, problem: Problem) -> None:
        """Answer `problem` below the router, read no more, close."""
        if self.phase is Phase.CLOSING:
            return
        self._enter(Phase.CLOSING, self.site.limits.linger_time)
        self.clearLineBuffer()
        self._transferDecoder = None
        self._release()
        self.site.metrics.answered(problem.status)
        asked = self.requests[-1].requestHeaders if self.requests else Headers()
        path = getattr(self, "_path", None) or b""
        body, headers = self.site.exit.answer(path.partition(b"?")[0], asked, problem, self.site.exit.new_id())
        self.transport.write(last_answer(problem.status, body, headers))
        if ITCPTransport.providedBy(self.transport) and not ISSLTransport.providedBy(self.transport):
            self.transport.loseWriteConnection()
        else:
            self.loseConnection()

    def _respondToBadRequestAndDisconnect(self) -> None:
        too_large = self._receivedHeaderSize > self.totalHeadersSize or self._receivedHeaderCount > self.maxHeaders
        self.refuse(HEADERS_TOO_LARGE if too_large else BAD_REQUEST)

    def _problem_of_header(self) -> Problem | None:
        headers = self.requests[-1].requestHeaders
        hosts = headers.getRawHeaders(b"Host")
        if hosts is None or len(hosts) != 1 or not is_sane_host(hosts[0]):
            return BAD_HOST
        if self.length is None:
            return None if self._version == b"HTTP/1.1" else BAD_REQUEST  # chunks are not of HTTP/1.0
        if headers.hasHeader(b"Transfer-Encoding"):  # "identity", which a proxy may read otherwise than we do
            return BAD_REQUEST
        return None if self.length <= self.short_body else self.requests[-1].problem_of_size(self.length)

    def _release(self) -> None:
        for request in self.requests:
            request.release()

    def _has_begun(self) -> bool:
        return bool(self.requests or self._buffer)

    def _enter(self, phase: Phase, seconds: float) -> None:
        self.phase, self.deadline = phase, self.site.seconds() + seconds
