"""Which keys of a published set are used, and which answers are no key set."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from scanlane.auth.key_set import KeySet, UnusableKeySet, read_key_set
from tests.scanlane.auth.identity_provider import FAMILY, GARBAGE, SigningKey

RSA, FIRST, ED = FAMILY
PRIVATE = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
SHORT_RSA = RSAAlgorithm.to_jwk(
    rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key(), as_dict=True
)


class TestReadKeySet:
    @pytest.mark.parametrize("key", FAMILY, ids=lambda key: key.algorithm)
    @pytest.mark.parametrize("absent", ["use", "alg"])
    def test_use_and_alg_may_be_absent(self, key: SigningKey, absent: str) -> None:
        jwk = {name: value for name, value in key.jwk().items() if name != absent}

        assert _read(jwk).find(key.kid, key.algorithm) is not None

    def test_two_kinds_of_key_may_share_an_id(self) -> None:
        found = _read(RSA.jwk(kid="one"), FIRST.jwk(kid="one"))

        assert found.find("one", "RS256") is not None
        assert found.find("one", "ES256") is not None
        assert found.find("one", "EdDSA") is None

    def test_the_only_key_is_found_without_its_id_for_its_own_algorithm(self) -> None:
        found = _read(FIRST.jwk())

        assert found.find(None, "ES256") is not None
        assert found.find(None, "RS256") is None

    def test_what_cannot_be_used_does_not_spoil_the_rest(self) -> None:
        found = _read({"kty": "EC"}, {"kty": 1}, FIRST.jwk(kid="bad", x="!"), FIRST.jwk())

        assert found.find("first", "ES256") is not None
        assert found.find("bad", "ES256") is None

    @pytest.mark.parametrize(
        "jwk",
        [
            FIRST.jwk(use="enc"), FIRST.jwk(use=None), FIRST.jwk(use=["sig"]), FIRST.jwk(alg="ES384"),
            FIRST.jwk(alg="HS256"), FIRST.jwk(alg="none"), FIRST.jwk(alg=None), FIRST.jwk(key_ops=["encrypt"]),
            FIRST.jwk(key_ops="verify"), FIRST.jwk(key_ops=None), FIRST.jwk(kid=1), FIRST.jwk(kid=None),
            FIRST.jwk(d="AAAA"), FIRST.jwk(kty="oct"), FIRST.jwk(kty="RSA"), FIRST.jwk(kty=None), FIRST.jwk(kty="ec"),
            FIRST.jwk(crv="P-384"), FIRST.jwk(crv="secp256k1"), FIRST.jwk(crv=None), FIRST.jwk(crv=["P-256"]),
            FIRST.jwk(x=1), FIRST.jwk(x=None), FIRST.jwk(y=""), FIRST.jwk(y="AAAA"), FIRST.jwk(x={}),
            RSA.jwk(alg="RS512"), RSA.jwk(alg="PS256"), RSA.jwk(alg="RSA-OAEP"),
            RSA.jwk(n="AQAB"), RSA.jwk(n=1), RSA.jwk(n=None), RSA.jwk(n=""),
            RSA.jwk(e="AQ"), RSA.jwk(e=""), RSA.jwk(e=3), RSA.jwk(e="!"),
            ED.jwk(crv="X25519"), ED.jwk(x="AAAA"), ED.jwk(x=None), ED.jwk(x=7),
            PRIVATE, SHORT_RSA, {"kty": "EC", "crv": "P-256"}, {"kty": "RSA"}, {"kty": "OKP", "crv": "Ed25519"},
            {"kty": "oct", "k": "AAAA"},
        ],
    )  # fmt: skip
    def test_a_key_that_is_not_a_public_signature_key_of_the_family_is_ignored(self, jwk: dict[str, object]) -> None:
        with pytest.raises(UnusableKeySet, match="no usable key"):
            _read(jwk)

    @pytest.mark.parametrize("body", GARBAGE, ids=lambda body: repr(body[:24]))
    def test_garbage_is_refused_in_one_line(self, body: bytes) -> None:
        with pytest.raises(UnusableKeySet):
            read_key_set(body)


def _read(*keys: dict[str, object]) -> KeySet:
    return read_key_set(json.dumps({"keys": keys}).encode())
