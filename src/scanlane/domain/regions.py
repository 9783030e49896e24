"""The country whose telephone rules a page follows, told by its address, its language and its host."""

import phonenumbers

# Generic domains that look like country codes, and country domains that are used by everybody.
_NOT_COUNTRIES = frozenset(
    ("co", "io", "ai", "me", "tv", "cc", "fm", "to", "ly", "gg", "sh", "ws", "bz", "la", "ag", "nu", "eu", "st")
)
_COUNTRY_OF_TLD = {"uk": "GB", "gov": "US", "edu": "US", "mil": "US"}
_COUNTRY_OF_LANGUAGE = {
    "de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "pl": "PL", "cs": "CZ", "sk": "SK", "hu": "HU", "ro": "RO",
    "sv": "SE", "da": "DK", "nb": "NO", "no": "NO", "nn": "NO", "fi": "FI", "el": "GR", "tr": "TR", "ja": "JP", "ko": "KR",
    "uk": "UA", "bg": "BG", "hr": "HR", "sl": "SI", "et": "EE", "lv": "LV", "lt": "LT", "is": "IS", "he": "IL", "th": "TH",
    "vi": "VN",
}  # fmt: skip


def region_of(host: str, language: str, countries: list[str]) -> str | None:
    """A two-letter region that the numbering rules know, or None: then only international numbers can be read."""
    return next(filter(_is_known, _guesses(host, language, countries)), None)


def _guesses(host: str, language: str, countries: list[str]) -> list[str]:
    ending = host.rpartition(".")[2].lower()
    tld = "" if ending in _NOT_COUNTRIES else _COUNTRY_OF_TLD.get(ending, ending.upper() if len(ending) == 2 else "")
    spoken, _, area = language.replace("_", "-").partition("-")
    return [*countries[:3], tld, area[-2:].upper(), _COUNTRY_OF_LANGUAGE.get(spoken.lower(), "")]


def _is_known(region: str) -> bool:
    return region in phonenumbers.SUPPORTED_REGIONS
