"""Which providers an installation has, which of them is asked, and how long what they say is kept."""

from datetime import timedelta
from pathlib import Path

import pytest

from scanlane.clients.places.errors import InvalidRequest
from scanlane.clients.places.make import make_providers
from scanlane.settings import UnusableSettings, read_settings


class TestMakeProviders:
    @pytest.mark.parametrize(
        ("said", "default"),
        [
            ({}, "file"),
            ({"places_api_key": "k"}, "google"),
            ({"places_api_key": "k", "places_provider": "osm"}, "osm"),
            ({"places_file": "places.csv"}, "file"),
        ],
    )
    def test_the_default_is_what_the_settings_make_possible(
        self, tmp_path: Path, said: dict[str, object], default: str
    ) -> None:
        providers = make_providers(read_settings(data_dir=tmp_path, **said))

        assert providers.default == default
        assert set(providers.by_name) == {"file", "google", "osm"}
        assert {name: one.name for name, one in providers.by_name.items()} == {n: n for n in providers.by_name}

    def test_an_unknown_one_is_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidRequest, match="no provider 'maps'; there are file, google, osm"):
            make_providers(read_settings(data_dir=tmp_path)).named("maps")

    def test_terms_are_respected_unless_the_operator_decides_otherwise(self, tmp_path: Path) -> None:
        day, month = timedelta(days=1), timedelta(days=30)
        spans = {
            keep: {name: (one.keep, one.keep_location) for name, one in made.retentions.items()}
            for keep in ("terms", "", "forever", "0.5")
            if (made := make_providers(read_settings(data_dir=tmp_path, places_keep=keep)))
        }

        assert spans["terms"] == spans[""] == {"google": (day, month), "osm": (None, None), "file": (None, None)}
        assert set(spans["forever"].values()) == {(None, None)}
        assert set(spans["0.5"].values()) == {(day / 2, day / 2)}

    def test_whom_to_name_stays_the_same(self, tmp_path: Path) -> None:
        made = make_providers(read_settings(data_dir=tmp_path, places_keep="forever")).retentions

        assert made["google"].attribution == "Google Maps"
        assert "OpenStreetMap" in made["osm"].attribution


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("places_base_url", "places.example"),
            ("places_base_url", "https://user:secret@places.example"),
            ("places_geocoder_url", "ftp://places.example"),
            ("places_keep", "long"),
            ("places_keep", "0"),
        ],
    )
    def test_what_cannot_be_used_is_named(self, tmp_path: Path, name: str, value: str) -> None:
        with pytest.raises(UnusableSettings, match=f"SCANLANE_{name.upper()}"):
            read_settings(data_dir=tmp_path, **{name: value})

    def test_the_key_is_not_shown(self, tmp_path: Path) -> None:
        settings = read_settings(data_dir=tmp_path, places_api_key="AIzaSecret")

        assert "AIzaSecret" not in repr(settings)
        assert "AIzaSecret" not in repr(make_providers(settings))
