"""Settings: what is wrong is named by its variable, in one line."""

import pytest

from scanlane.settings import UnusableSettings, read_settings


class TestReadSettings:
    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("SCANLANE_CONCURRENCY", "many"),
            ("SCANLANE_CONCURRENCY", "0"),
            ("SCANLANE_DATABASE_POOLER", "session"),
            ("SCANLANE_LOG_LEVEL", "loud"),
            ("SCANLANE_RENDER", "always"),
        ],
    )
    def test_an_unusable_value_names_its_variable(
        self, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
    ) -> None:
        monkeypatch.setenv(variable, value)

        with pytest.raises(UnusableSettings, match=variable) as raised:
            read_settings()

        assert "\n" not in raised.value.message

    def test_two_ways_to_check_tokens_are_one_too_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SCANLANE_JWT_SECRET", "0f1e2d3c4b5a69788796a5b4c3d2e1f0")
        monkeypatch.setenv("SCANLANE_JWKS_URL", "https://keys.test/jwks")

        with pytest.raises(UnusableSettings, match="not both"):
            read_settings()

    def test_secrets_are_not_shown(self) -> None:
        settings = read_settings(jwt_secret="0f1e2d3c4b5a69788796a5b4c3d2e1f0")

        assert "0f1e2d" not in repr(settings)


class TestWhoIsVisiting:
    def test_is_told_by_the_contact_page(self) -> None:
        settings = read_settings(contact_url="https://shop.example/bot")

        assert settings.user_agent == "Scanlane/0.1 (+https://shop.example/bot)"
        assert not settings.is_anonymous

    def test_is_told_in_the_operators_own_words(self) -> None:
        given = "Lens/2 (+https://lens.example/)"

        assert read_settings(contact_url="https://shop.example/bot", user_agent=given).user_agent == given

    def test_is_not_told_without_either(self) -> None:
        assert read_settings().is_anonymous

    def test_a_page_that_is_none_is_refused(self) -> None:
        with pytest.raises(UnusableSettings, match="SCANLANE_CONTACT_URL"):
            read_settings(contact_url="mailto:info@shop.example")
