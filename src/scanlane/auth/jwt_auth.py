"""The gate of the API: a bearer token is verified, and the caller it names is handed to the route."""

import re
from collections.abc import Callable, Coroutine
from functools import partial
from ipaddress import ip_address
from typing import Annotated, Any, Protocol
from urllib.parse import urlsplit

import jwt
from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from scanlane.auth.caller import Caller, Forbidden, NotAuthenticated, Refusal
from scanlane.auth.claims import REQUIRED, read_caller
from scanlane.auth.jwks import ProviderKeys
from scanlane.auth.local_secret import LocalKeys, local_secret
from scanlane.clients.jwks import fetch_key_set
from scanlane.settings import Settings, UnusableSettings

__all__ = ["Caller", "CurrentUser", "Forbidden", "NotAuthenticated", "TokenVerifier", "current_user", "make_verifier"]

LEEWAY_SECONDS = 30
LONGEST_TOKEN = 8192
TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
TYPES = frozenset({"jwt", "at+jwt", "application/jwt", "application/at+jwt"})

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A signed token.")


class TokenVerifier(Protocol):
    """Whoever can say who a token stands for."""

    async def verify(self, token: str) -> Caller:
        """The caller. Raises NotAuthenticated; Unavailable when the keys cannot be had at the moment."""
        ...


class Keys(Protocol):
    """Where the keys are: one family of algorithms, each key bound to one of them."""

    @property
    def algorithms(self) -> frozenset[str]:
        """The algorithms a token may name."""
        ...

    async def find(self, kid: str | None, algorithm: str) -> jwt.PyJWK | None:
        """The key of that id for that algorithm, if there is one."""
        ...


class JwtVerifier:
    """Verifies signed tokens (RFC 7519, with the advice of RFC 8725)."""

    def __init__(self, keys: Keys, *, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience

    async def verify(self, token: str) -> Caller:
        """The caller a token names. Raises NotAuthenticated, or Unavailable when no key can be had."""
        kid, algorithm = self._read_header(token)
        key = await self._keys.find(kid, algorithm)
        if key is None:
            raise NotAuthenticated(Refusal.UNTRUSTED)
        return read_caller(self._claims(token, key))

    def _read_header(self, token: str) -> tuple[str | None, str]:
        """The key id and the algorithm, from a header that demands nothing unusual. jwk, jku and x5u are ignored."""
        if len(token) > LONGEST_TOKEN or TOKEN.fullmatch(token) is None:
            raise NotAuthenticated(Refusal.MALFORMED)
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError):
            raise NotAuthenticated(Refusal.MALFORMED) from None
        kid, algorithm, kind = header.get("kid"), header.get("alg"), header.get("typ", "JWT")
        if "crit" in header or "b64" in header or not isinstance(kind, str) or kind.lower() not in TYPES:
            raise NotAuthenticated(Refusal.MALFORMED)
        if not isinstance(algorithm, str) or algorithm not in self._keys.algorithms:
            raise NotAuthenticated(Refusal.UNTRUSTED)
        return kid, algorithm

    def _claims(self, token: str, key: jwt.PyJWK) -> dict[str, object]:
        try:
            return jwt.decode(
                token,
                key=key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": list(REQUIRED), "enforce_minimum_key_length": True},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise NotAuthenticated(_refusal(error)) from None


def make_verifier(settings: Settings) -> TokenVerifier:
    """The verifier of this installation: its own secret, or the identity provider's keys, never both."""
    if not settings.jwt_issuer or not settings.jwt_audience:
        raise UnusableSettings("SCANLANE_JWT_ISSUER and SCANLANE_JWT_AUDIENCE must not be empty")
    keys: Keys
    if settings.jwks_url:
        _check_url(settings.jwks_url)
        keys = ProviderKeys(partial(fetch_key_set, settings.jwks_url))
    else:
        keys = LocalKeys(local_secret(settings))
    return JwtVerifier(keys, issuer=settings.jwt_issuer, audience=settings.jwt_audience)


async def current_user(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Caller:
    """The caller of this request. Raises NotAuthenticated."""
    if len(request.headers.getlist("authorization")) > 1:
        raise NotAuthenticated(Refusal.MALFORMED)
    if credentials is None:
        raise NotAuthenticated(Refusal.MISSING)
    verifier: TokenVerifier = request.app.state.verifier
    return await verifier.verify(credentials.credentials)


CurrentUser = Annotated[Caller, Depends(current_user)]


class AuthenticatedRoute(APIRoute):
    """A route that looks at the token before it reads the body: strangers' bodies are not parsed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the gate."""
        handle = super().get_route_handler()

        async def gated(request: Request) -> Response:
            await current_user(request, await bearer(request))
            return await handle(request)

        return gated


def _refusal(error: Exception) -> Refusal:
    match error:
        case jwt.ExpiredSignatureError():
            return Refusal.EXPIRED
        case jwt.ImmatureSignatureError():
            return Refusal.EARLY
        case jwt.InvalidIssuerError():
            return Refusal.ISSUER
        case jwt.InvalidAudienceError():
            return Refusal.AUDIENCE
        case jwt.InvalidSignatureError() | jwt.InvalidAlgorithmError() | jwt.InvalidKeyError():
            return Refusal.UNTRUSTED
        case _:
            return Refusal.CLAIMS


def _check_url(url: str) -> None:
    """Keys that come over plain HTTP are whoever's on the way; only this machine itself is near enough."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.hostname or ""))
        usable = usable and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise UnusableSettings("SCANLANE_JWKS_URL must be an https:// address (http:// only on this machine)")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
