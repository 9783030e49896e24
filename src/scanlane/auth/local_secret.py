"""The secret this installation signs its own tokens with: SCANLANE_JWT_SECRET, or a file only its owner may read."""

import errno
import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from jwt import PyJWK
from jwt.utils import base64url_encode

from scanlane.auth.weak_secrets import SHORTEST, weakness
from scanlane.settings import Settings, UnusableSettings

FILE_NAME = "token-secret.key"
LONGEST_FILE = 4096
HMAC = "HS256"


class UnusableSecret(UnusableSettings):
    """The secret for signing tokens cannot be used."""


class LocalKeys:
    """The one key of an installation that signs its own tokens."""

    algorithms = frozenset({HMAC})

    def __init__(self, secret: bytes) -> None:
        self.key_id = key_id(secret)
        self.key = PyJWK({"kty": "oct", "k": base64url_encode(secret).decode("ascii")}, HMAC)

    async def find(self, kid: str | None, algorithm: str) -> PyJWK | None:
        """The key, unless the token names another one."""
        return self.key if kid in (None, self.key_id) and algorithm == HMAC else None


def local_secret(settings: Settings) -> bytes:
    """The secret to sign and verify with; made at first use. Raises UnusableSecret with one line."""
    if settings.jwt_secret is None:
        return load_or_create(settings.data_dir / FILE_NAME)
    secret = settings.jwt_secret.encode("utf-8", "surrogateescape")
    return _strong(secret, "SCANLANE_JWT_SECRET")


def key_id(secret: bytes) -> str:
    """A short name for the secret, which tells nothing about it."""
    return hmac.new(secret, b"scanlane key id", hashlib.sha256).hexdigest()[:16]


def load_or_create(path: Path) -> bytes:
    """The secret in this file; made when there is none. Processes that race get the same one."""
    try:
        return _load(path)
    except FileNotFoundError:
        pass
    try:
        _create(path)
        return _load(path)
    except OSError as error:
        raise UnusableSecret(f"{path} cannot be made: {error.strerror}") from error


def _load(path: Path) -> bytes:
    # O_NONBLOCK: a pipe put in its place must be refused, not waited for.
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        why = "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror
        raise UnusableSecret(f"{path} cannot be read: {why}") from error
    try:
        _check_access(path, os.fstat(handle))
        secret = os.read(handle, LONGEST_FILE)
    finally:
        os.close(handle)
    return _strong(secret, str(path))


def _check_access(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UnusableSecret(f"{path} is not a regular file")
    if found.st_mode & 0o077:
        raise UnusableSecret(
            f"{path} may be read by others (mode {stat.S_IMODE(found.st_mode):04o}): "
            "chmod 600 it, or delete it to get a new one"
        )


def _create(path: Path) -> None:
    """Write the file beside its place and link it in: nobody ever sees half a secret, and the first one stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SHORTEST))
            file.flush()
            os.fsync(file.fileno())
        _link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _link(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _strong(secret: bytes, source: str) -> bytes:
    problem = weakness(secret)
    if problem is not None:
        raise UnusableSecret(f"{source} {problem}")
    return secret
