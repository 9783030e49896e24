"""Who is calling: the values a verified token yields, and the errors when there is none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from scanlane.errors import AppError

LONGEST_NAME = 255
TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,64}")


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request. `token_id` is the token's `jti`, where it has one."""

    user_id: str
    tenant: str
    scopes: frozenset[str]
    token_id: str | None = field(default=None, kw_only=True)

    def require(self, scope: str) -> None:
        """Raise Forbidden unless the token grants this scope."""
        if scope not in self.scopes:
            raise Forbidden(f"this needs a token with the scope {scope}")


class Refusal(StrEnum):
    """Why a caller is not known, in words that tell a stranger nothing about the keys."""

    MISSING = "send a token as Authorization: Bearer"
    MALFORMED = "that is not a signed token"
    UNTRUSTED = "it is not signed by a key that is trusted here"
    EXPIRED = "it has expired"
    EARLY = "it is not valid yet"
    ISSUER = "it comes from another issuer"
    AUDIENCE = "it is meant for another audience"
    CLAIMS = "a claim is missing or cannot be used"


class NotAuthenticated(AppError):
    """The token is missing or not valid."""

    status = 401

    def __init__(self, reason: Refusal = Refusal.MISSING) -> None:
        super().__init__(f"the token is missing or not valid: {reason}")
        self.reason = reason

    @property
    def headers(self) -> Mapping[str, str]:
        """The challenge (RFC 6750 section 3); it names no error when no token was sent."""
        challenge = "Bearer" if self.reason is Refusal.MISSING else 'Bearer error="invalid_token"'
        return MappingProxyType({"WWW-Authenticate": challenge})


class Forbidden(AppError):
    """You may not do this."""

    status = 403


def is_tenant(value: object) -> bool:
    """Whether this can name a tenant: a short lower-case slug."""
    return isinstance(value, str) and TENANT.fullmatch(value) is not None


def is_subject(value: object) -> bool:
    """Whether this can name a user: 1 to 255 printable characters, no space at either end."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable() and value == value.strip()


def is_scope(value: str) -> bool:
    """Whether this is one scope (RFC 6749 section 3.3), at most 64 characters long."""
    return SCOPE.fullmatch(value) is not None
