"""Secrets: where the secret of a channel is found, what is refused, and how the first one is made."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from attrs import frozen

from jivod.config import state
from jivod.model.errors import BadConfig
from jivod.strict.rights import closing, opening
from jivod.strict.source import Place, Source

SECRET_MIN = 22  # characters: 128 bits of base64
TOKEN_SECRET_MIN = 32  # characters: a key for HS256 has 256 bits
SINK_SECRET_MIN = 24  # characters
SINK_KEY_MIN, SINK_KEY_MAX = 24, 64  # bytes, as Standard Webhooks say
WHSEC = "whsec_"
_HANDED_OVER = (
    ". If the unit hands it over (LoadCredential=), say CREDENTIALS_DIRECTORY=/run/credentials/jivod.service before the"
    " command, while the daemon runs"
)
_FITS_HEADER = re.compile(r"[\x20-\x7e]+")
_FITS_URL = re.compile(r"[A-Za-z0-9._~-]+")


@frozen(kw_only=True)
class Keeper:
    """Finds secrets for one configuration; without `make_secret` it makes none. In `environ` may be systemd's
    $CREDENTIALS_DIRECTORY.
    """

    source: Source
    environ: Mapping[str, str]
    state_dir: Path
    make_secret: Callable[[], str] | None

    def webhook(self, place: Place, name: str, text: str | None, file: str | None) -> str:
        """The secret of channel `name`: from the file as text, from its secret_file, from a credential, or made now.
        Empty if it would have to be made and may not.
        """
        if text is not None and file is not None:
            raise self.source.fault((*place, "secret_file"), "both secret and secret_file are set", "keep one of them")
        if text is not None:
            return self._good(text, (*place, "secret"), "secret", SECRET_MIN)
        if file is not None:
            return self._good(self._file(file, (*place, "secret_file")), (*place, "secret_file"), file, SECRET_MIN)
        return self._own(place, f"{name}.secret")

    def token(self, place: Place, text: str | None, file: str | None) -> str | None:
        """The secret that verifies signed user_tokens, if the channel has one."""
        if text is not None and file is not None:
            problem = "both token_secret and token_secret_file are set"
            raise self.source.fault((*place, "token_secret_file"), problem, "keep one of them")
        if file is not None:
            where = (*place, "token_secret_file")
            return self._long(self._file(file, where), where, file, TOKEN_SECRET_MIN)
        if text is not None:
            return self._long(text, (*place, "token_secret"), "token_secret", TOKEN_SECRET_MIN)
        return None

    def sink(self, place: Place, file: str | None) -> bytes:
        """The key that signs what a sink is told: what "whsec_" stands before is base64 of it, else the text itself."""
        if file is None:
            remedy = 'write secret_file = "crm.secret"; fill it by: echo "whsec_$(openssl rand -base64 32)"'
            raise self.source.fault(place, "a sink without a secret_file", remedy)
        where = (*place, "secret_file")
        text = self._file(file, where)
        if not text.startswith(WHSEC):
            return self._long(text, where, file, SINK_SECRET_MIN).encode()
        try:
            key = b64decode(text.removeprefix(WHSEC), validate=True)
        except ValueError:
            key = b""
        if not SINK_KEY_MIN <= len(key) <= SINK_KEY_MAX:
            problem = f"{file}: what follows {WHSEC} is not base64 of {SINK_KEY_MIN} to {SINK_KEY_MAX} bytes"
            raise self.source.fault(where, problem, 'make one with: echo "whsec_$(openssl rand -base64 32)"')
        return key

    def header(self, place: Place, file: str) -> str:
        """The value of an HTTP header, as it stands in a file."""
        value = self._file(file, place)
        if not _FITS_HEADER.fullmatch(value):
            problem = f"{file} does not hold one line of plain text"
            raise self.source.fault(place, problem, 'write the whole value of the header there, like "Bearer abc"')
        return value

    def _own(self, place: Place, file: str) -> str:
        credential = self._credential(file)
        path = credential or self.state_dir / file
        if not path.exists():
            if self.make_secret is None:
                return ""
            _create(path, self.make_secret())
        return self._good(self._read(path, place, guarded=not credential), place, str(path), SECRET_MIN)

    def _file(self, file: str, place: Place) -> str:
        credential = self._credential(file)
        return self._read(credential or self.source.beside(file), place, guarded=not credential)

    def _read(self, path: Path, place: Place, *, guarded: bool) -> str:
        """The text of a secret file, no white space around it. `guarded`: refuse one that everybody may read."""
        fault = partial(self.source.fault, place)
        try:
            with path.open(encoding="ascii") as file:
                mode = os.fstat(file.fileno()).st_mode
                text = file.read(4096).strip()
        except UnicodeDecodeError:
            raise fault(f"{path} is not plain text", "make one with: openssl rand -hex 32") from None
        except PermissionError as error:
            hint = "" if "CREDENTIALS_DIRECTORY" in self.environ else _HANDED_OVER
            raise fault(f"{path} cannot be read ({error.strerror})", opening(path) + hint) from None
        except OSError as error:
            raise fault(f"{path} cannot be read ({error.strerror})", "create it, or name another file") from None
        if guarded and mode & 0o007:
            remedy = closing(path, *state.owner(self.state_dir, path))
            raise fault(f"{path} is open to every user of this machine", remedy)
        return text

    def _credential(self, file: str) -> Path | None:
        directory = self.environ.get("CREDENTIALS_DIRECTORY")
        path = Path(directory, file) if directory else None
        return path if path and path.is_file() else None

    def _good(self, secret: str, place: Place, what: str, least: int) -> str:
        if secret and not _FITS_URL.fullmatch(secret):
            remedy = "use letters, digits, - and _ only, it becomes a part of the webhook URL"
            raise self.source.fault(place, f"{what}: the secret has characters that do not fit a URL", remedy)
        return self._long(secret, place, what, least)

    def _long(self, secret: str, place: Place, what: str, least: int) -> str:
        if len(secret) < least:
            problem = f"{what}: the secret has {len(secret)} characters, it needs at least {least}"
            raise self.source.fault(place, problem, "make one with: openssl rand -hex 32")
        return secret


def _create(path: Path, secret: str) -> None:
    """Write a new secret, 0600, owned as its directory is. Whole or not at all; the first of two processes wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret + "\n")
            file.flush()
            os.fsync(descriptor)
            _give_to_owner_of(path.parent, descriptor)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise BadConfig(f"{path}:1: cannot be written ({error.strerror}); run this as the user of jivod") from None


def _give_to_owner_of(directory: Path, descriptor: int) -> None:
    owner = directory.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
