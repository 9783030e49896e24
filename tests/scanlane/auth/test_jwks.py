"""An identity provider's keys: which are used, how they rotate, and what happens when the provider is down."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from scanlane.auth.caller import NotAuthenticated, Refusal
from scanlane.auth.jwks import KeysUnavailable, ProviderKeys
from scanlane.auth.jwt_auth import JwtVerifier, TokenVerifier, make_verifier
from scanlane.clients.jwks import fetch_key_set
from scanlane.settings import Settings
from tests.scanlane.auth.forged_tokens import AUDIENCE, ISSUER, Mint, b64, forgeries, hs256
from tests.scanlane.auth.identity_provider import (
    FAMILY,
    GARBAGE,
    IdentityProvider,
    SigningKey,
    make_key,
    public_pem,
    running_provider,
)

FIRST, SECOND = FAMILY[1], make_key("second")
FORGED = [(f"{key.kid}: {name}", token) for key in FAMILY[:2] for name, token in forgeries(key.mint)]


class Seconds:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    """A provider that publishes the first key."""
    async with running_provider() as provider:
        provider.keys = [FIRST.jwk()]
        yield provider


@pytest.fixture
def seconds() -> Seconds:
    """The clock of the test."""
    return Seconds()


@pytest.fixture
def keys(provider: IdentityProvider, seconds: Seconds) -> ProviderKeys:
    """The provider's keys as the application holds them."""
    return ProviderKeys(partial(fetch_key_set, provider.url), seconds=seconds)


@pytest.fixture
def verifier(keys: ProviderKeys) -> TokenVerifier:
    """A verifier over them."""
    return JwtVerifier(keys, issuer=ISSUER, audience=AUDIENCE)


async def refusal(verifier: TokenVerifier, token: str) -> Refusal | None:
    """Why the token is refused; None when it is accepted."""
    try:
        await verifier.verify(token)
    except NotAuthenticated as error:
        return error.reason
    return None


class TestVerifying:
    @pytest.mark.parametrize("key", FAMILY, ids=lambda key: key.algorithm)
    async def test_each_algorithm_of_the_family_is_accepted(
        self, provider: IdentityProvider, tmp_path: Path, key: SigningKey
    ) -> None:
        provider.keys = [one.jwk() for one in FAMILY]
        verifier = make_verifier(Settings(data_dir=tmp_path, jwks_url=provider.url))

        caller = await verifier.verify(key.mint.claiming())

        assert (caller.user_id, caller.tenant) == ("clerk", "acme")

    async def test_no_forged_token_is_accepted(self, provider: IdentityProvider, verifier: TokenVerifier) -> None:
        provider.keys = [key.jwk() for key in FAMILY]

        accepted = [name for name, token in FORGED if await refusal(verifier, token) is None]

        assert accepted == []
        assert len(FORGED) > 600

    @pytest.mark.parametrize("key", FAMILY, ids=lambda key: key.algorithm)
    async def test_a_public_key_does_not_pass_as_a_shared_secret(
        self, provider: IdentityProvider, verifier: TokenVerifier, key: SigningKey
    ) -> None:
        provider.keys = [one.jwk() for one in FAMILY]
        header = {"alg": "HS256", "typ": "JWT", "kid": key.kid}

        for secret in (public_pem(key), public_pem(key).strip(), json.dumps(key.jwk()).encode()):
            assert await refusal(verifier, Mint(header, hs256(secret)).claiming()) is Refusal.UNTRUSTED

    async def test_a_key_in_the_header_is_not_believed(self, verifier: TokenVerifier) -> None:
        forged = Mint({**SECOND.mint.header, "jwk": SECOND.jwk()}, SECOND.mint.sign).claiming()

        assert await refusal(verifier, forged) is Refusal.UNTRUSTED

    async def test_another_key_under_a_known_id_is_refused(self, verifier: TokenVerifier) -> None:
        assert await refusal(verifier, Mint(FIRST.mint.header, SECOND.mint.sign).claiming()) is Refusal.UNTRUSTED

    async def test_a_shared_secret_in_the_key_set_is_ignored(
        self, provider: IdentityProvider, verifier: TokenVerifier
    ) -> None:
        secret = bytes(range(7, 250, 7))
        provider.keys.append({"kty": "oct", "k": b64(secret), "kid": "oct", "alg": "HS256", "use": "sig"})
        token = Mint({"alg": "HS256", "typ": "JWT", "kid": "oct"}, hs256(secret)).claiming()

        assert await refusal(verifier, token) is Refusal.UNTRUSTED

    async def test_an_unnamed_key_is_found_only_while_it_is_the_only_one(
        self, provider: IdentityProvider, verifier: TokenVerifier, seconds: Seconds
    ) -> None:
        token = FIRST.mint.headed(kid=...)
        alone = await refusal(verifier, token)

        provider.keys.append(SECOND.jwk())
        seconds.now += 601

        assert (alone, await refusal(verifier, token)) == (None, Refusal.UNTRUSTED)


class TestRotation:
    async def test_many_tokens_cost_one_fetch(self, provider: IdentityProvider, verifier: TokenVerifier) -> None:
        for _ in range(20):
            await verifier.verify(FIRST.mint.claiming())

        assert provider.requests == 1

    async def test_callers_who_come_together_share_one_fetch(
        self, provider: IdentityProvider, verifier: TokenVerifier
    ) -> None:
        await asyncio.gather(*(verifier.verify(FIRST.mint.claiming()) for _ in range(50)))

        assert provider.requests == 1

    async def test_a_new_key_is_found_when_a_token_names_it(
        self, provider: IdentityProvider, verifier: TokenVerifier, seconds: Seconds
    ) -> None:
        await verifier.verify(FIRST.mint.claiming())
        provider.keys = [FIRST.jwk(), SECOND.jwk()]
        seconds.now += 31

        assert await refusal(verifier, SECOND.mint.claiming()) is None
        assert await refusal(verifier, FIRST.mint.claiming()) is None

    async def test_unknown_key_ids_cost_one_fetch_in_thirty_seconds(
        self, provider: IdentityProvider, verifier: TokenVerifier, seconds: Seconds
    ) -> None:
        await verifier.verify(FIRST.mint.claiming())

        for turn in range(300):
            seconds.now += 0.2
            assert await refusal(verifier, FIRST.mint.headed(kid=f"made-up-{turn}")) is Refusal.UNTRUSTED

        assert provider.requests in (2, 3)

    async def test_a_withdrawn_key_opens_nothing_once_the_set_is_old(
        self, provider: IdentityProvider, verifier: TokenVerifier, seconds: Seconds
    ) -> None:
        await verifier.verify(FIRST.mint.claiming())
        provider.keys = [SECOND.jwk()]
        within = await refusal(verifier, FIRST.mint.claiming())

        seconds.now += 601

        assert (within, await refusal(verifier, FIRST.mint.claiming())) == (None, Refusal.UNTRUSTED)

    async def test_a_caller_who_goes_away_does_not_take_the_fetch_along(
        self, provider: IdentityProvider, verifier: TokenVerifier
    ) -> None:
        provider.gate.clear()
        leaving = asyncio.create_task(verifier.verify(FIRST.mint.claiming()))
        await asyncio.wait_for(provider.asked.wait(), 5)

        leaving.cancel()
        await asyncio.wait([leaving])
        provider.gate.set()

        assert await refusal(verifier, FIRST.mint.claiming()) is None
        assert provider.requests == 1


class TestProviderInTrouble:
    async def test_a_provider_that_never_answered_is_unavailable_not_a_bad_token(
        self, provider: IdentityProvider, verifier: TokenVerifier
    ) -> None:
        provider.status = 500

        with pytest.raises(KeysUnavailable) as caught:
            await verifier.verify(FIRST.mint.claiming())

        assert caught.value.status == 503

    async def test_it_is_asked_again_after_five_seconds(
        self, provider: IdentityProvider, verifier: TokenVerifier, seconds: Seconds
    ) -> None:
        provider.status = 500
        for _ in range(10):
            with pytest.raises(KeysUnavailable):
                await verifier.verify(FIRST.mint.claiming())
        assert provider.requests == 1

        provider.status = 200
        seconds.now += 5

        assert await refusal(verifier, FIRST.mint.claiming()) is None

    @pytest.mark.parametrize("body", GARBAGE, ids=lambda body: repr(body[:24]))
    async def test_garbage_does_not_replace_the_last_good_set(
        self, provider: IdentityProvider, verifier: TokenVerifier, seconds: Seconds, body: bytes
    ) -> None:
        await verifier.verify(FIRST.mint.claiming())
        provider.body = body
        seconds.now += 601

        assert await refusal(verifier, FIRST.mint.claiming()) is None
        assert provider.requests == 2

    async def test_the_last_good_set_is_kept_for_a_day_and_no_longer(
        self, provider: IdentityProvider, verifier: TokenVerifier, seconds: Seconds
    ) -> None:
        await verifier.verify(FIRST.mint.claiming())
        provider.status = 503

        seconds.now += 24 * 3600
        within = await refusal(verifier, FIRST.mint.claiming())
        seconds.now += 31
        with pytest.raises(KeysUnavailable):
            await verifier.verify(FIRST.mint.claiming())

        assert within is None

    async def test_a_slow_provider_does_not_hold_up_the_known_keys_for_ever(
        self, provider: IdentityProvider, seconds: Seconds
    ) -> None:
        keys = ProviderKeys(partial(fetch_key_set, provider.url, timeout=timedelta(seconds=0.2)), seconds=seconds)
        verifier = JwtVerifier(keys, issuer=ISSUER, audience=AUDIENCE)
        await verifier.verify(FIRST.mint.claiming())
        provider.gate.clear()
        seconds.now += 601

        assert await refusal(verifier, FIRST.mint.claiming()) is None

    async def test_while_it_is_down_it_is_asked_twice_a_minute(
        self, provider: IdentityProvider, verifier: TokenVerifier, seconds: Seconds
    ) -> None:
        await verifier.verify(FIRST.mint.claiming())
        provider.status = 500
        seconds.now += 601

        for _ in range(60):
            assert await refusal(verifier, FIRST.mint.claiming()) is None
            seconds.now += 1

        assert provider.requests == 3
