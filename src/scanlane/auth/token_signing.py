"""Tokens that this installation signs for itself: what `scanlane token create` prints."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

import jwt

from scanlane.auth.caller import LONGEST_NAME, is_scope, is_subject, is_tenant
from scanlane.auth.claims import LONGEST_LIFE, MOST_SCOPES
from scanlane.auth.local_secret import HMAC, LocalKeys, local_secret
from scanlane.errors import BadInput
from scanlane.settings import Settings
from worklane.clock import Clock, now

SCOPES = ("jobs:read", "jobs:write")
SHORTEST_LIFE = timedelta(seconds=1)


class CannotSign(BadInput):
    """Tokens come from the identity provider behind SCANLANE_JWKS_URL; there is no key to sign one with."""


def sign_token(
    settings: Settings,
    *,
    tenant: str = "local",
    subject: str = "cli",
    ttl: timedelta,
    scopes: Iterable[str] = SCOPES,
    clock: Clock = now,
) -> str:
    """A signed token. Raises CannotSign with an identity provider, BadInput naming the field, UnusableSecret."""
    if settings.jwks_url:
        raise CannotSign
    granted = sorted(set(scopes))
    _check(tenant, subject, ttl, granted)
    issued = int(clock().timestamp())
    claims = {
        "iss": settings.jwt_issuer,
        "aud": settings.jwt_audience,
        "sub": subject,
        "tenant": tenant,
        "scope": " ".join(granted),
        "iat": issued,
        "exp": issued + int(ttl.total_seconds()),
        "jti": secrets.token_urlsafe(16),
    }
    keys = LocalKeys(local_secret(settings))
    return jwt.encode(claims, keys.key, algorithm=HMAC, headers={"kid": keys.key_id})


def _check(tenant: str, subject: str, ttl: timedelta, scopes: list[str]) -> None:
    if not is_tenant(tenant):
        raise BadInput("tenant: 1 to 63 of a-z, 0-9, - and _, starting with a letter or digit", field="tenant")
    if not is_subject(subject):
        raise BadInput(f"subject: 1 to {LONGEST_NAME} printable characters, no space at either end", field="subject")
    if not SHORTEST_LIFE <= ttl <= LONGEST_LIFE:
        raise BadInput(f"ttl: from 1 second to {LONGEST_LIFE.days} days", field="ttl")
    if len(scopes) > MOST_SCOPES or not all(map(is_scope, scopes)):
        raise BadInput(f"scopes: at most {MOST_SCOPES}, each without spaces and quotes", field="scopes")
