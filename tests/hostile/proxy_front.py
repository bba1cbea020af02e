"""Front: a proxy that runs on the sample we ship for it, with ports and a certificate of the test put in."""

from __future__ import annotations

import datetime
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.hold.ports import free_port
from tests.hostile.wire_peer import Door
from tests.hostile.wire_tools import need
from tests.smoke.daemon import ROOT

NAME = "crm.example.com"
STARTED = 20.0  # seconds, on a busy machine
STOPPED = 10.0


@frozen(kw_only=True)
class Place:
    """Where a front lives, and its ports: `jivod` behind it, `plain` and `tls` before it."""

    directory: Path
    jivod: int
    plain: int
    tls: int

    @property
    def certificate(self) -> Path:
        return self.directory / "chain.pem"

    @property
    def key(self) -> Path:
        return self.directory / "key.pem"

    @property
    def both(self) -> Path:
        return self.directory / "both.pem"


@frozen(kw_only=True)
class Front:
    """A front at work. What it wrote is in `log`."""

    tls: Door
    plain: Door
    log: Path


def nginx(place: Place) -> list[str]:
    """Writes its configuration; the command that runs it."""
    sample = adapted(
        "nginx.conf",
        {
            "listen 80;": f"listen 127.0.0.1:{place.plain};",
            "listen [::]:80;": "",
            "listen 443 ssl;": f"listen 127.0.0.1:{place.tls} ssl;",
            "listen [::]:443 ssl;": "",
            f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(place.certificate),
            f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(place.key),
            "127.0.0.1:8080": f"127.0.0.1:{place.jivod}",
        },
    )
    temp = "".join(
        f"{kind}_temp_path {place.directory}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = "daemon off; master_process off; error_log stderr error; worker_rlimit_nofile 8192;"
    config = place.directory / "nginx.conf"
    config.write_text(
        f"{main} pid {place.directory}/pid; events {{ worker_connections 4096; }} http {{ {temp} {sample} }}"
    )
    return ["nginx", "-e", "stderr", "-p", str(place.directory), "-c", str(config)]


def caddy(place: Place) -> list[str]:
    """The same for Caddy."""
    own = f"\tauto_https off\n\tadmin off\n\tstorage file_system {place.directory}/storage\n"
    text = adapted(
        "Caddyfile",
        {
            "{\n\t# Secrets": f"{{\n{own}\t# Secrets",
            f"\n{NAME} {{\n": f"\nhttps://{NAME}:{place.tls} {{\n\tbind 127.0.0.1\n"
            f"\ttls {place.certificate} {place.key}\n",
            "\nhttp:// {\n": f"\nhttp://:{place.plain} {{\n\tbind 127.0.0.1\n",
            "127.0.0.1:8080": f"127.0.0.1:{place.jivod}",
        },
    )
    config = place.directory / "Caddyfile"
    config.write_text(text)
    return ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"]


def haproxy(place: Place) -> list[str]:
    """The same for haproxy."""
    text = adapted(
        "haproxy.cfg",
        {
            "bind :80\n": f"bind 127.0.0.1:{place.plain}\n",
            "bind :443 ": f"bind 127.0.0.1:{place.tls} ",
            f"/etc/haproxy/{NAME}.pem\n    #": f"{place.both}\n    #",
            "127.0.0.1:8080": f"127.0.0.1:{place.jivod}",
        },
    )
    config = place.directory / "haproxy.cfg"
    config.write_text(text)
    return ["haproxy", "-db", "-f", str(config)]


FRONTS: Mapping[str, Callable[[Place], list[str]]] = {"nginx": nginx, "haproxy": haproxy, "caddy": caddy}


def adapted(sample: str, changes: Mapping[str, str]) -> str:
    """The text of a sample with `changes`, each of which must find its place."""
    text = (ROOT / "etc" / sample).read_text("utf-8")
    for old, new in changes.items():
        assert old in text, f"{sample} has no {old!r} any more"
        text = text.replace(old, new)
    return text


@contextmanager
def front(name: str, directory: Path, jivod: int) -> Iterator[Front]:
    """The front `name` before the port `jivod`; stopped at the end."""
    need(name)
    place = Place(directory=directory, jivod=jivod, plain=free_port(), tls=free_port())
    certify(place)
    log = directory / "log"
    command = FRONTS[name](place)
    home = {"HOME": str(directory), "XDG_DATA_HOME": str(directory), "XDG_CONFIG_HOME": str(directory)}
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, cwd=directory, env={**os.environ, **home}, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        ) as process,
    ):
        try:
            for port in (place.plain, place.tls):
                _wait_for(port, process, log)
            yield Front(tls=Door(place.tls, tls=_context(place)), plain=Door(place.plain), log=log)
        finally:
            process.terminate()
            try:
                process.wait(STOPPED)
            except subprocess.TimeoutExpired:
                process.kill()


def certify(place: Place) -> None:
    """A certificate for the name, by itself, for some days by the clock of the machine: who connects looks at that."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain = made.public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    for path, content in ((place.certificate, chain), (place.key, private), (place.both, chain + private)):
        path.write_bytes(content)
        path.chmod(0o600)


def _context(place: Place) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(place.certificate))
    context.check_hostname = True
    return context


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTED
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert process.poll() is None and time.monotonic() < until, log.read_text(errors="replace")
            time.sleep(0.05)
