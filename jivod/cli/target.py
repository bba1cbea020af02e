"""Target: where `jivod demo` posts to: the endpoint of the daemon on this machine, or a URL."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from urllib.parse import quote, urlsplit

from attrs import frozen

from jivod.config.endpoint import Tcp, Unix, client
from jivod.config.settings import Settings
from jivod.model.errors import Refused

PATIENCE = 10.0  # seconds for one answer
_PATH_SAFE = "/%:@!$&'()*+,;=~"
_URL = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?")


@frozen
class Target:
    """`where` names it for people. `port` None: that of the scheme. `path` goes before the path of the hook. `unix`: a
    socket to use instead of host and port.
    """

    where: str
    host: str = "localhost"
    port: int | None = None
    path: str = ""
    is_tls: bool = False
    unix: str | None = None

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer. Raises Refused if nothing answers."""
        connection = self._connection()
        try:
            connection.request("POST", self.path + path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        except PermissionError:
            raise Refused(f"{self.where} does not let this user in; run this as root") from None
        except ssl.SSLError as error:
            raise Refused(f"no safe way to {self.where} ({error.strerror}); look after its certificate") from None
        except (OSError, http.client.HTTPException, UnicodeError):
            raise Refused(f"no daemon answers at {self.where}; start it with `make run` or by systemd") from None
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self.unix is not None:
            return _UnixConnection(self.unix)
        kind = http.client.HTTPSConnection if self.is_tls else http.client.HTTPConnection
        return kind(self.host, self.port, timeout=PATIENCE)


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a UNIX socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def of_daemon(settings: Settings) -> Target | None:
    """Where the daemon listens, past any proxy; None if `listen` does not tell."""
    found = client(settings.listen)
    if isinstance(found, Unix):
        return Target(f"unix:{found.path}", unix=found.path)
    if isinstance(found, Tcp):
        host = f"[{found.host}]" if ":" in found.host else found.host
        return Target(f"http://{host}:{found.port}", host=found.host, port=found.port)
    return None


def of_url(url: str) -> Target:
    """Scheme, host, port and path as public_url has them. Raises Refused for anything else."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or not _URL.fullmatch(url):
        raise Refused("this is no http or https URL; write one like https://crm.example.com")
    where = f"{parts.scheme}://{parts.netloc}"
    path = quote(parts.path.rstrip("/"), safe=_PATH_SAFE)
    return Target(where, host=host, port=port, path=path, is_tls=parts.scheme == "https")
