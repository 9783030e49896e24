"""Tokens that are signed here: what they say, and what is refused before anything is signed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from scanlane.auth.local_secret import FILE_NAME
from scanlane.auth.token_signing import CannotSign, sign_token
from scanlane.errors import BadInput
from scanlane.settings import Settings

HOUR = timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation of its own."""
    return Settings(data_dir=tmp_path, jwt_issuer="here", jwt_audience="there")


class TestSignToken:
    def test_it_says_who_for_whom_and_until_when(self, settings: Settings, tmp_path: Path) -> None:
        noon = datetime(2030, 1, 1, 12, tzinfo=UTC)

        token = sign_token(
            settings, tenant="acme", subject="clerk", ttl=HOUR, scopes=["b", "a", "a"], clock=lambda: noon
        )

        options: jwt.types.Options = {"verify_exp": False, "verify_iat": False}
        key = (tmp_path / FILE_NAME).read_bytes()
        claims = jwt.decode(token, key, algorithms=["HS256"], audience="there", options=options)
        assert claims.pop("jti")
        assert claims == {
            "iss": "here", "aud": "there", "sub": "clerk", "tenant": "acme", "scope": "a b",
            "iat": int(noon.timestamp()), "exp": int(noon.timestamp()) + 3600,
        }  # fmt: skip

    def test_no_two_tokens_have_the_same_id(self, settings: Settings) -> None:
        tokens = {sign_token(settings, ttl=HOUR) for _ in range(20)}

        assert len({jwt.decode(token, options={"verify_signature": False})["jti"] for token in tokens}) == 20

    def test_it_is_one_line_without_blanks(self, settings: Settings) -> None:
        token = sign_token(settings, ttl=HOUR)

        assert token.split() == [token]

    @pytest.mark.parametrize("ttl", [timedelta(seconds=1), timedelta(days=366)])
    def test_the_ends_of_the_range_are_allowed(self, settings: Settings, ttl: timedelta) -> None:
        assert sign_token(settings, ttl=ttl)

    @pytest.mark.parametrize("seconds", [0, -1, 0.5, 366 * 86400 + 1])
    def test_a_life_outside_the_range_is_refused(self, settings: Settings, seconds: float) -> None:
        with pytest.raises(BadInput, match="ttl: from 1 second to 366 days") as caught:
            sign_token(settings, ttl=timedelta(seconds=seconds))

        assert caught.value.field == "ttl"

    @pytest.mark.parametrize("tenant", ["", "Acme", "a b", "-a", "a" * 64, "acme\n", "a.b", "é"])
    def test_a_tenant_that_is_no_slug_is_refused(self, settings: Settings, tenant: str) -> None:
        with pytest.raises(BadInput) as caught:
            sign_token(settings, tenant=tenant, ttl=HOUR)

        assert caught.value.field == "tenant"

    @pytest.mark.parametrize("subject", ["", " a", "a\n", "a\0b", "a" * 256, "\ud800"])
    def test_a_subject_that_cannot_be_shown_is_refused(self, settings: Settings, subject: str) -> None:
        with pytest.raises(BadInput) as caught:
            sign_token(settings, subject=subject, ttl=HOUR)

        assert caught.value.field == "subject"

    @pytest.mark.parametrize("scopes", [[""], ["a b"], ['a"'], ["x" * 65], [f"s{n}" for n in range(65)]])
    def test_a_scope_that_would_read_differently_is_refused(self, settings: Settings, scopes: list[str]) -> None:
        with pytest.raises(BadInput) as caught:
            sign_token(settings, ttl=HOUR, scopes=scopes)

        assert caught.value.field == "scopes"

    def test_with_an_identity_provider_there_is_nothing_to_sign_with(self, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path / "data", jwks_url="https://keys.example/jwks")

        with pytest.raises(CannotSign, match="identity provider"):
            sign_token(settings, ttl=HOUR)

        assert not (tmp_path / "data").exists()
