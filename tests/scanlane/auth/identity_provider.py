"""An identity provider on a loopback port: it signs tokens, publishes keys, and misbehaves on request."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from tests.scanlane.auth.forged_tokens import Mint

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
ALGORITHMS = {
    "RS256": RSAAlgorithm(RSAAlgorithm.SHA256),
    "ES256": ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1),
    "EdDSA": OKPAlgorithm(),
}


@dataclass(frozen=True)
class SigningKey:
    """One key pair of the provider."""

    kid: str
    algorithm: str
    private: Private

    @property
    def mint(self) -> Mint:
        """Tokens signed with it."""
        algorithm = ALGORITHMS[self.algorithm]
        header = {"alg": self.algorithm, "typ": "JWT", "kid": self.kid}
        return Mint(header, lambda text: algorithm.sign(text, self.private))

    def jwk(self, **changes: object) -> dict[str, object]:
        """The public half, as it is published."""
        public = type(ALGORITHMS[self.algorithm]).to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "kid": self.kid, "use": "sig", "alg": self.algorithm, **changes}


def make_key(kid: str, algorithm: str = "ES256") -> SigningKey:
    """A fresh key pair."""
    match algorithm:
        case "RS256":
            return SigningKey(kid, algorithm, rsa.generate_private_key(public_exponent=65537, key_size=2048))
        case "ES256":
            return SigningKey(kid, algorithm, ec.generate_private_key(ec.SECP256R1()))
        case _:
            return SigningKey(kid, algorithm, ed25519.Ed25519PrivateKey.generate())


@dataclass
class IdentityProvider:
    """A running provider. `body` replaces the key set; `gate` holds answers back until it is set."""

    url: str = ""
    keys: list[dict[str, object]] = field(default_factory=list)
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    requests: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The key set, or whatever it was told to say."""
        self.requests += 1
        self.asked.set()
        await self.gate.wait()
        body = json.dumps({"keys": self.keys}).encode() if self.body is None else self.body
        return web.Response(body=body, status=self.status, headers=self.headers)


@asynccontextmanager
async def running_provider() -> AsyncIterator[IdentityProvider]:
    """A provider that answers on a port of its own."""
    provider = IdentityProvider()
    provider.gate.set()
    app = web.Application()
    app.router.add_get("/jwks", provider.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}/jwks"
    try:
        yield provider
    finally:
        provider.gate.set()
        await runner.cleanup()


def public_pem(key: SigningKey) -> bytes:
    """The public half as PEM: what a key confusion attack signs with."""
    return key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


FAMILY = (make_key("rsa", "RS256"), make_key("first", "ES256"), make_key("ed", "EdDSA"))
GARBAGE = (
    b"", b"null", b"[]", b"{}", b"{", b"\xff\xfe", b"[" * 100_000, b'{"keys": null}', b'{"keys": {}}', b'{"keys": []}',
    b'{"keys": [1, null, "x", []]}', b"<html>", b"9" * 5000, b'{"keys": [{}]}',
)  # fmt: skip
