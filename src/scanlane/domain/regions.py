"""The country whose telephone rules a page follows, told by its address, its language and its host."""

from collections.abc import Sequence

import phonenumbers

# Generic domains that look like country codes, and country domains that are used by everybody.
_NOT_COUNTRIES = frozenset(
    ("co", "io", "ai", "me", "tv", "cc", "fm", "to", "ly", "gg", "sh", "ws", "bz", "la", "ag", "nu", "eu", "st")
)
_COUNTRY_OF_TLD = {"uk": "GB", "gov": "US", "edu": "US", "mil": "US"}
_COUNTRY_OF_LANGUAGE = {
    "de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "pl": "PL", "cs": "CZ", "sk": "SK", "hu": "HU",
    "ro": "RO", "sv": "SE", "da": "DK", "nb": "NO", "no": "NO", "nn": "NO", "fi": "FI", "el": "GR", "tr": "TR",
    "ja": "JP", "ko": "KR", "uk": "UA", "bg": "BG", "hr": "HR", "sl": "SI", "et": "EE", "lv": "LV", "lt": "LT",
    "is": "IS", "he": "IL", "th": "TH", "vi": "VN",
}  # fmt: skip


def region_of(hosts: Sequence[str], language: str, countries: Sequence[str]) -> str | None:
    """A two-letter region that the numbering rules know, or None: then only international numbers can be read.

    An address on the page says most, then the hosts in the order given; the language is often left at its default.
    """
    return next(filter(_is_known, [*countries[:3], *map(_of_host, hosts), *_of_language(language)]), None)


def _of_host(host: str) -> str:
    ending = host.rpartition(".")[2].lower()
    if ending in _NOT_COUNTRIES:
        return ""
    return _COUNTRY_OF_TLD.get(ending, ending.upper() if len(ending) == 2 else "")


def _of_language(language: str) -> tuple[str, str]:
    spoken, _, area = language.replace("_", "-").partition("-")
    return area[-2:].upper(), _COUNTRY_OF_LANGUAGE.get(spoken.lower(), "")


def _is_known(region: str) -> bool:
    return region in phonenumbers.SUPPORTED_REGIONS
