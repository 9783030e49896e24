"""Secrets nobody should sign with are recognised; random ones never are."""

import random
import string

import pytest

from scanlane.auth.weak_secrets import weakness

SAMPLES = [
    "a-string-secret-at-least-256-bits-long",
    "your-256-bit-secret-your-other-secret-key",
    "my-super-secret-key-that-is-very-long",
    "please-change-this-secret-in-production",
    "PleaseChangeMe_PleaseChangeThisSecret",
    "insecure-default-secret-key-for-development-only\n",
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "qwertyuiopasdfghjklzxcvbnm123456",
]
PATTERNS = [
    b"\0" * 32,
    b"a" * 64,
    b"secret" * 6,
    b"changeme" * 4,
    b"changeme-" * 4,
    b"0123456789" * 4,
    b"ab" * 16 + b"a",
    bytes(range(32)),
    b"0123456789abcdefghijklmnopqrstuvwxyz",
]


class TestWeakness:
    @pytest.mark.parametrize("secret", [b"", b"secret", b"x7!" * 10, bytes(range(1, 200, 7))[:31]])
    def test_fewer_than_32_bytes_are_too_short(self, secret: bytes) -> None:
        assert weakness(secret) == f"has {len(secret)} bytes and needs at least 32"

    @pytest.mark.parametrize("secret", PATTERNS)
    def test_a_pattern_is_no_secret(self, secret: bytes) -> None:
        assert weakness(secret) == "is a simple pattern"

    @pytest.mark.parametrize("secret", SAMPLES)
    def test_a_sample_is_no_secret(self, secret: str) -> None:
        assert weakness(secret.encode()) == "is a sample value"

    @pytest.mark.parametrize("start", ["-----BEGIN PUBLIC KEY-----\n", '{"kty":"oct",', "ssh-ed25519 "])
    def test_a_key_of_another_kind_is_no_secret(self, start: str) -> None:
        secret = f"{start}MCowBQYDK2VwAyEA9f8e7d6c5b4a39281706f5e4d3c2b1a0"

        assert "another kind" in (weakness(secret.encode()) or "")

    def test_random_bytes_and_texts_are_never_refused(self) -> None:
        chance = random.Random(20)
        alphabets = [string.hexdigits[:16], string.digits, string.ascii_letters, string.printable[:94]]

        refused = [
            secret
            for _ in range(3000)
            for secret in (chance.randbytes(32), *("".join(chance.choices(a, k=32)).encode() for a in alphabets))
            if weakness(secret)
        ]

        assert refused == []

    def test_random_text_behind_a_word_is_enough(self) -> None:
        assert weakness(b"my-super-secret-key-9f8e7d6c5b4a39281706f5e4d3c2b1a0") is None
