"""The claims of a token whose signature holds: which must be there, and what they may say. Pure."""

from collections.abc import Mapping
from datetime import timedelta

from scanlane.auth.caller import Caller, NotAuthenticated, Refusal, is_scope, is_subject, is_tenant

LONGEST_LIFE = timedelta(days=366)
MOST_SCOPES = 64
REQUIRED = ("exp", "iat", "sub", "iss", "aud")


def read_caller(claims: Mapping[str, object]) -> Caller:
    """The caller these claims name. Raises NotAuthenticated. Issuer, audience and the clock are checked before."""
    _check_times(claims)
    return Caller(
        user_id=_subject(claims),
        tenant=_tenant(claims),
        scopes=_scopes(claims),
        token_id=_token_id(claims),
    )


def _check_times(claims: Mapping[str, object]) -> None:
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    if "nbf" in claims:
        _seconds(claims, "nbf")
    if not 0 < expires - issued <= LONGEST_LIFE.total_seconds():
        raise NotAuthenticated(Refusal.CLAIMS)


def _seconds(claims: Mapping[str, object], name: str) -> int:
    value = claims.get(name)
    # True is an int to isinstance(); RFC 7519 wants a number, and only whole ones are ever issued.
    if type(value) is not int or value < 0:
        raise NotAuthenticated(Refusal.CLAIMS)
    return value


def _subject(claims: Mapping[str, object]) -> str:
    value = claims.get("sub")
    if not isinstance(value, str) or not is_subject(value):
        raise NotAuthenticated(Refusal.CLAIMS)
    return value


def _tenant(claims: Mapping[str, object]) -> str:
    value = claims.get("tenant")
    if not isinstance(value, str) or not is_tenant(value):
        raise NotAuthenticated(Refusal.CLAIMS)
    return value


def _scopes(claims: Mapping[str, object]) -> frozenset[str]:
    value = claims.get("scope", "")
    if not isinstance(value, str):
        raise NotAuthenticated(Refusal.CLAIMS)
    scopes = frozenset(value.split(" ")) - {""}
    if len(scopes) > MOST_SCOPES or not all(map(is_scope, scopes)):
        raise NotAuthenticated(Refusal.CLAIMS)
    return scopes


def _token_id(claims: Mapping[str, object]) -> str | None:
    if "jti" not in claims:
        return None
    value = claims["jti"]
    if not isinstance(value, str) or not is_subject(value):
        raise NotAuthenticated(Refusal.CLAIMS)
    return value
