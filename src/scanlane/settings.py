"""What the operator has decided, read once from the environment (SCANLANE_...)."""

import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from scanlane.errors import BadInput

Interval = Annotated[float, Field(ge=0.1, le=86_400)]
Batch = Annotated[int, Field(ge=1, le=1000)]

NOBODYS_URL = "https://scanlane.invalid/bot"
USER_AGENT = f"Scanlane/0.1 (+{NOBODYS_URL})"


def default_data_dir() -> Path:
    """Where data lives when nothing is said: the user's data folder; for root the system's."""
    if os.geteuid() == 0:
        return Path("/var/lib/scanlane")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Scanlane"
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "scanlane"


class StageSettings(NamedTuple):
    """How one stage of the pipeline is polled."""

    on: bool
    every: timedelta
    batch: int


class Settings(BaseSettings):
    """Every setting, with its default."""

    model_config = SettingsConfigDict(env_prefix="SCANLANE_", frozen=True, extra="ignore")

    data_dir: Path = Field(default_factory=default_data_dir)
    database_url: str | None = None
    database_pooler: Literal["none", "transaction"] = "none"
    postgres_bin: Path | None = None

    allow_networks: str = ""
    contact_url: str | None = None
    user_agent: str = USER_AGENT

    jwt_secret: str | None = Field(default=None, repr=False)
    jwks_url: str | None = None
    jwt_issuer: str = "scanlane"
    jwt_audience: str = "scanlane"

    concurrency: int = Field(default=4, ge=1, le=200)
    grace_seconds: float = Field(default=10, ge=0, le=3600)
    max_pages: int = Field(default=500, ge=1, le=100_000)
    scan_timeout_seconds: float = Field(default=1800, ge=1, le=7 * 86_400)
    render: Literal["off", "auto"] = "off"
    chromium: Path | None = None
    scan_domains: bool = True
    place_search_on: bool = True
    place_search_every_seconds: Interval = 2
    place_search_batch: Batch = 2
    deep_scan_on: bool = True
    deep_scan_every_seconds: Interval = 2
    deep_scan_batch: Batch = 10
    domain_extraction_on: bool = True
    domain_extraction_every_seconds: Interval = 2
    domain_extraction_batch: Batch = 50
    domain_processing_on: bool = True
    domain_processing_every_seconds: Interval = 1
    domain_processing_batch: Batch = 20
    sitemap_discovery_on: bool = True
    sitemap_discovery_every_seconds: Interval = 1
    sitemap_discovery_batch: Batch = 20
    sitemap_import_on: bool = True
    sitemap_import_every_seconds: Interval = 1
    sitemap_import_batch: Batch = 8
    sitemap_most_files: int = Field(default=500, ge=1, le=100_000)
    sitemap_most_depth: int = Field(default=5, ge=0, le=100)
    sitemap_most_urls: int = Field(default=50_000, ge=1, le=10_000_000)
    sitemap_largest_bytes: int = Field(default=52_428_800, ge=1000, le=10_000_000_000)
    sitemap_seconds: float = Field(default=120, ge=1, le=3600)
    sitemap_refresh_days: float | None = Field(default=None, ge=0.01, le=36_500)
    contact_scan_on: bool = True
    contact_scan_every_seconds: Interval = 2
    contact_scan_batch: Batch = 50

    places_provider: Literal["file", "google", "osm"] | None = None
    places_base_url: str | None = None
    places_api_key: str | None = Field(default=None, repr=False)
    places_file: Path | None = None
    places_geocoder_url: str | None = None
    places_keep: Literal["terms", "forever"] | Annotated[float, Field(ge=0.01, le=36_500)] = "terms"

    verify_on: bool = False
    verify_nameservers: str = ""
    disposable_file: Path | None = None
    obfuscated: Literal["include", "role-only", "exclude"] = "role-only"

    keep_jobs_days: float | None = Field(default=90, ge=1, le=36_500)
    keep_contacts_days: float | None = Field(default=365, ge=1, le=36_500)
    keep_sightings_days: float | None = Field(default=30, ge=1, le=36_500)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    def stage(self, queue: str) -> StageSettings:
        """The settings of the pipeline's stage of that name."""
        every = timedelta(seconds=getattr(self, f"{queue}_every_seconds"))
        return StageSettings(getattr(self, f"{queue}_on"), every, getattr(self, f"{queue}_batch"))

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("log_level", "database_pooler", "render", mode="before")
    @classmethod
    def _in_any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator(
        "database_url",
        "jwks_url",
        "jwt_secret",
        "keep_jobs_days",
        "keep_contacts_days",
        "keep_sightings_days",
        "contact_url",
        "disposable_file",
        "sitemap_refresh_days",
        "places_provider",
        "places_base_url",
        "places_api_key",
        "places_file",
        "places_geocoder_url",
        "chromium",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return value or None

    @field_validator("places_keep", mode="before")
    @classmethod
    def _empty_respects_the_terms(cls, value: object) -> object:
        return value or "terms"

    @field_validator("contact_url")
    @classmethod
    def _can_be_visited(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"https?://[^\s/?#@]+[^\s()]*", url):
            raise ValueError("is not the address of a page; write it like https://example.com/bot")
        return url

    @field_validator("places_base_url", "places_geocoder_url")
    @classmethod
    def _is_a_web_address(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
            raise ValueError("is not the address of an interface; write it like https://places.example")
        return url

    @model_validator(mode="before")
    @classmethod
    def _name_who_is_visiting(cls, given: Any) -> Any:
        url = given.get("contact_url") if isinstance(given, dict) else None
        if url and not given.get("user_agent"):
            return {**given, "user_agent": USER_AGENT.replace(NOBODYS_URL, str(url))}
        return given

    @property
    def is_anonymous(self) -> bool:
        """Whether the owners of websites cannot see from the user agent who visits them."""
        return ".invalid" in self.user_agent or "://" not in self.user_agent

    @field_validator("database_url")
    @classmethod
    def _names_a_postgresql(cls, url: str | None) -> str | None:
        try:
            driver = make_url(url).drivername if url is not None else "postgresql"
        except (ArgumentError, ValueError):
            raise ValueError("is not a database URL; write it like postgresql://user:password@host/name") from None
        if driver.partition("+")[0] not in ("postgres", "postgresql"):
            raise ValueError(f"names {driver}; only PostgreSQL is supported")
        return url

    @model_validator(mode="after")
    def _one_way_to_check_tokens(self) -> Self:
        if self.jwt_secret and self.jwks_url:
            raise ValueError("set SCANLANE_JWT_SECRET or SCANLANE_JWKS_URL, not both")
        return self


class UnusableSettings(BadInput):
    """A setting cannot be used."""


def read_settings(**given: object) -> Settings:
    """Read the environment once. Raises UnusableSettings with one line that names the variable."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = f"SCANLANE_{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise UnusableSettings(f"{name}{first['msg'].removeprefix('Value error, ')}") from None
