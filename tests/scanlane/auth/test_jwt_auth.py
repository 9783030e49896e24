"""The gate: honest tokens come in, forged ones do not, and the API says so in its own words."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from scanlane.auth.caller import Caller, NotAuthenticated, Refusal
from scanlane.auth.jwt_auth import CurrentUser, TokenVerifier, make_verifier
from scanlane.auth.local_secret import FILE_NAME, key_id
from scanlane.auth.token_signing import sign_token
from scanlane.routers import problems
from scanlane.settings import Settings, UnusableSettings
from tests.scanlane.auth.forged_tokens import FromNow, Mint, assemble, forgeries, hs256, local_mint, to_json

SECRET = bytes(range(7, 250, 7))
MINT = local_mint(SECRET, key_id(SECRET))
FORGED = list(forgeries(MINT))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation with the secret of this file in its data directory."""
    key = tmp_path / FILE_NAME
    key.touch(0o600)
    key.write_bytes(SECRET)
    return Settings(data_dir=tmp_path)


@pytest.fixture
def verifier(settings: Settings) -> TokenVerifier:
    """Its verifier."""
    return make_verifier(settings)


async def refusal(verifier: TokenVerifier, token: str) -> Refusal | None:
    """Why the token is refused; None when it is accepted."""
    try:
        await verifier.verify(token)
    except NotAuthenticated as error:
        return error.reason
    return None


class TestHonestTokens:
    async def test_the_token_every_forgery_starts_from_is_accepted(self, verifier: TokenVerifier) -> None:
        caller = await verifier.verify(MINT.claiming())

        assert caller == Caller("clerk", "acme", frozenset({"jobs:read"}), token_id="a1")

    async def test_a_signed_token_names_its_caller(self, settings: Settings, verifier: TokenVerifier) -> None:
        token = sign_token(settings, tenant="acme", subject="clerk", ttl=timedelta(hours=1), scopes=["b", "a"])

        caller = await verifier.verify(token)

        assert (caller.user_id, caller.tenant, caller.scopes) == ("clerk", "acme", frozenset({"a", "b"}))
        assert caller.token_id

    @pytest.mark.parametrize(
        "changes",
        [
            {"aud": ["other", "scanlane"]},
            {"scope": ...},
            {"scope": ""},
            {"jti": ...},
            {"sub": "x" * 255},
            {"sub": "svc|Ünal 7"},
            {"tenant": "0"},
            {"tenant": "a" * 63},
            {"nbf": 1},
            {"iat": FromNow(20)},
            {"iat": FromNow(-100), "exp": FromNow(-5)},
            {"iat": FromNow(-5), "exp": FromNow(366 * 86400 - 5)},
            {"more": {"of": ["the", "provider"]}},
        ],
    )
    async def test_unusual_but_allowed_claims_are_accepted(
        self, verifier: TokenVerifier, changes: dict[str, object]
    ) -> None:
        token = MINT.claiming(**changes)

        assert await refusal(verifier, token) is None

    @pytest.mark.parametrize("changes", [{"typ": ...}, {"typ": "at+jwt"}, {"typ": "jwt"}, {"kid": ...}, {"cty": "x"}])
    async def test_unusual_but_allowed_headers_are_accepted(
        self, verifier: TokenVerifier, changes: dict[str, object]
    ) -> None:
        token = MINT.headed(**changes)

        assert await refusal(verifier, token) is None

    async def test_key_material_in_the_header_changes_nothing(self, verifier: TokenVerifier) -> None:
        other = b"0f1e2d3c4b5a69788796a5b4c3d2e1f0"
        named = {**MINT.header, "jwk": {"kty": "oct", "k": "MGYxZTJkM2M"}, "jku": "https://keys.example/", "x5u": "x"}

        true = MINT.headed(**named)
        forged = Mint(named, hs256(other)).claiming()

        assert await refusal(verifier, true) is None
        assert await refusal(verifier, forged) is Refusal.UNTRUSTED


class TestForgedTokens:
    def test_there_are_more_than_three_hundred_and_each_has_its_own_name(self) -> None:
        names = [name for name, _ in FORGED]

        assert len(set(names)) == len(names) > 300

    @pytest.mark.parametrize("token", [token for _, token in FORGED], ids=[name for name, _ in FORGED])
    async def test_it_is_refused(self, verifier: TokenVerifier, token: str) -> None:
        assert await refusal(verifier, token) is not None

    async def test_no_single_character_of_a_token_can_be_exchanged(self, verifier: TokenVerifier) -> None:
        good = MINT.claiming()
        changed = [good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :] for at in range(len(good))]
        nearest = [good[:at] + chr(ord(good[at]) ^ 1) + good[at + 1 :] for at in range(len(good))]

        accepted = [token for token in changed + nearest if await refusal(verifier, token) is None]

        assert accepted == []

    async def test_an_overlong_token_is_refused_before_it_is_parsed(self, verifier: TokenVerifier) -> None:
        assert await refusal(verifier, MINT.claiming(filler="x" * 8000)) is Refusal.MALFORMED

    async def test_another_installations_token_is_refused(self, verifier: TokenVerifier, tmp_path: Path) -> None:
        stranger = sign_token(Settings(data_dir=tmp_path / "other"), ttl=timedelta(hours=1))

        assert await refusal(verifier, stranger) is Refusal.UNTRUSTED

    async def test_a_stranger_without_the_key_learns_nothing_about_the_claims(self, verifier: TokenVerifier) -> None:
        claims = {"exp": 1, "iss": "other"}
        token = assemble(to_json(MINT.header), to_json(claims), hs256(b"x" * 32))

        assert await refusal(verifier, token) is Refusal.UNTRUSTED

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"iat": 1, "exp": 2}, Refusal.EXPIRED),
            ({"nbf": FromNow(600)}, Refusal.EARLY),
            ({"iss": "other"}, Refusal.ISSUER),
            ({"aud": "other"}, Refusal.AUDIENCE),
            ({"tenant": "NOT A SLUG"}, Refusal.CLAIMS),
        ],
    )
    async def test_the_reason_is_told_to_who_holds_a_signed_token(
        self, verifier: TokenVerifier, changes: dict[str, object], reason: Refusal
    ) -> None:
        assert await refusal(verifier, MINT.claiming(**changes)) is reason


class TestSettings:
    @pytest.mark.parametrize(("issuer", "audience"), [("", "scanlane"), ("scanlane", "")])
    def test_an_empty_issuer_or_audience_is_refused(self, tmp_path: Path, issuer: str, audience: str) -> None:
        with pytest.raises(UnusableSettings, match="must not be empty"):
            make_verifier(Settings(data_dir=tmp_path, jwt_issuer=issuer, jwt_audience=audience))

    async def test_a_configured_secret_is_used_and_no_file_is_made(self, tmp_path: Path) -> None:
        secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
        configured = Settings(data_dir=tmp_path / "data", jwt_secret=secret)

        caller = await make_verifier(configured).verify(local_mint(secret.encode(), key_id(secret.encode())).claiming())

        assert caller.tenant == "acme"
        assert not (tmp_path / "data").exists()

    @pytest.mark.parametrize(
        "url",
        [
            "http://keys.example/jwks",
            "http://192.0.2.7/",
            "file:///etc/keys",
            "https://",
            "keys.example",
            "http://[::1",
            "http://h:x/",
            "http://localhost.example/",
            "ftp://127.0.0.1/",
        ],
    )
    def test_a_key_set_that_others_could_replace_on_the_way_is_refused(self, tmp_path: Path, url: str) -> None:
        with pytest.raises(UnusableSettings, match="SCANLANE_JWKS_URL"):
            make_verifier(Settings(data_dir=tmp_path, jwks_url=url))

    @pytest.mark.parametrize(
        "url", ["https://keys.example/jwks", "http://127.0.0.1:9/jwks", "http://[::1]/", "http://localhost/"]
    )
    def test_with_an_identity_provider_the_local_key_is_not_touched(self, tmp_path: Path, url: str) -> None:
        make_verifier(Settings(data_dir=tmp_path / "data", jwks_url=url))

        assert not (tmp_path / "data").exists()


class TestCurrentUser:
    @pytest.fixture
    async def client(self, verifier: TokenVerifier) -> AsyncIterator[httpx.AsyncClient]:
        app = FastAPI()
        app.state.verifier = verifier
        problems.install(app)

        @app.get("/me")
        async def me(user: CurrentUser) -> list[str]:
            return [user.user_id, user.tenant]

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api.test") as client:
            yield client

    async def test_a_bearer_token_opens_the_route(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/me", headers={"Authorization": f"Bearer {MINT.claiming()}"})

        assert (answer.status_code, answer.json()) == (200, ["clerk", "acme"])

    @pytest.mark.parametrize("value", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Token x"])
    async def test_without_a_token_the_answer_is_401_with_a_bare_challenge(
        self, client: httpx.AsyncClient, value: str | None
    ) -> None:
        answer = await client.get("/me", headers={} if value is None else {"Authorization": value})

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"

    @pytest.mark.parametrize("value", ["x", "a.b.c", "é", pytest.param(MINT.claiming() + "=", id="padded")])
    async def test_a_bad_token_is_401_with_the_error_named(self, client: httpx.AsyncClient, value: str) -> None:
        answer = await client.get("/me", headers=[(b"Authorization", f"Bearer {value}".encode("latin-1"))])

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        assert answer.json()["detail"].startswith("the token is missing or not valid")

    async def test_two_authorization_headers_are_refused(self, client: httpx.AsyncClient) -> None:
        good = ("Authorization", f"Bearer {MINT.claiming()}")

        answer = await client.get("/me", headers=[good, ("Authorization", "Bearer x")])

        assert answer.status_code == 401

    async def test_a_token_elsewhere_does_not_count(self, client: httpx.AsyncClient) -> None:
        token = MINT.claiming()

        answer = await client.get("/me", params={"access_token": token}, headers={"Cookie": f"access_token={token}"})

        assert answer.status_code == 401

    async def test_the_api_description_shows_the_lock(self, client: httpx.AsyncClient) -> None:
        description = (await client.get("/openapi.json")).json()

        assert description["paths"]["/me"]["get"]["security"] == [{"HTTPBearer": []}]
        assert description["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
