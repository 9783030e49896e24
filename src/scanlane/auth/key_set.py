"""The answer of an identity provider, read into the keys that are used. Pure: no network, no clock."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cryptography.exceptions import UnsupportedAlgorithm
from jwt import PyJWK, PyJWTError

MOST_KEYS = 100

ALGORITHMS: Mapping[tuple[str, str | None], str] = MappingProxyType(
    {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
)


class UnusableKeySet(ValueError):
    """The identity provider's answer holds no key that can be used."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """The usable keys of one answer, by key id and algorithm."""

    keys: Mapping[tuple[str | None, str], PyJWK]

    def find(self, kid: str | None, algorithm: str) -> PyJWK | None:
        """The key of that id. A token that names none is checked with the only key there is, if it is the only one."""
        if kid is not None:
            return self.keys.get((kid, algorithm))
        only = next(iter(self.keys.values())) if len(self.keys) == 1 else None
        return only if only is not None and only.algorithm_name == algorithm else None


def read_key_set(body: bytes) -> KeySet:
    """The usable keys in a JWK set (RFC 7517): public RSA, P-256 and Ed25519 keys for signatures; others are ignored.

    Raises UnusableKeySet when none is left.
    """
    keys = {(_text(jwk.get("kid")), key.algorithm_name): key for jwk, key in _usable(_entries(body))}
    if not keys:
        raise UnusableKeySet("no usable key in the key set")
    return KeySet(MappingProxyType(keys))


def _entries(body: bytes) -> list[object]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise UnusableKeySet("the key set is not JSON") from None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise UnusableKeySet("the key set has no list of keys")
    return entries[:MOST_KEYS]


def _usable(entries: list[object]) -> Iterator[tuple[dict[str, object], PyJWK]]:
    for jwk in entries:
        key = _public_key(jwk) if isinstance(jwk, dict) else None
        if key is not None and isinstance(jwk, dict):
            yield jwk, key


def _public_key(jwk: dict[str, object]) -> PyJWK | None:
    kty = _text(jwk.get("kty")) or ""
    algorithm = ALGORITHMS.get((kty, None if kty == "RSA" else _text(jwk.get("crv"))))
    # A published private key is anybody's key.
    if algorithm is None or "d" in jwk or not _for_signatures(jwk, algorithm):
        return None
    try:
        key = PyJWK(jwk, algorithm)
        too_weak = key.Algorithm.check_key_length(key.key)
    except (PyJWTError, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return None if too_weak else key


def _for_signatures(jwk: dict[str, object], algorithm: str) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    return (
        jwk.get("use", "sig") == "sig"
        and jwk.get("alg", algorithm) == algorithm
        and isinstance(operations, list)
        and "verify" in operations
        and isinstance(jwk.get("kid", ""), str)
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
