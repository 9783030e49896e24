"""What the extensions of the sitemap protocol say about a page: images, videos, news, languages, mobile, PageMap.

Sources: developers.google.com/search/docs/crawling-indexing/sitemaps (image, video, news, localized versions).
"""

from urllib.parse import urljoin

from scanlane.domain.sitemap_entities import decoded
from scanlane.domain.sitemap_entries import Json, Notes
from scanlane.domain.sitemap_locs import LONGEST_LOC, Base
from scanlane.domain.sitemap_nodes import attributes

MOST_OF_A_SORT = 1000
MOST_FACTS = 40
LONGEST_FACT = 2048

_LISTS = {"image": "images", "video": "videos", "news": "news"}
_ADDRESSES = frozenset(("loc", "thumbnail_loc", "content_loc", "player_loc", "license"))
_SPELLED = {"publication_date": "date"}


class Extras:
    """Collects the elements of one record that are not of the protocol itself."""

    __slots__ = ("_base", "_facts", "_found", "_notes", "_pagemap")

    def __init__(self, base: Base, notes: Notes) -> None:
        self._base = base
        self._notes = notes
        self._found: dict[str, Json] = {}
        self._facts: dict[str, Json] | None = None
        self._pagemap: list[dict[str, Json]] | None = None

    def begin(self, local: str, written: str, text: str, *, depth: int) -> None:
        """Take in an element: its local name, its attributes as written, its text, and how deep in the record it is."""
        if depth == 0:
            self._begin_sort(local, written)
        elif self._pagemap is not None:
            self._add_to_pagemap(local, written, text)
        elif self._facts is not None and len(self._facts) < MOST_FACTS and not text.isspace() and text:
            self._add_fact(local, text)

    def found(self) -> dict[str, Json] | None:
        """All that was said; None if nothing."""
        return self._found or None

    def _begin_sort(self, local: str, written: str) -> None:
        self._facts = self._pagemap = None
        if local == "link":
            self._add_alternate(written)
        elif local == "news":
            self._facts = self._found.setdefault("news", {})  # type: ignore[assignment]
        elif local in _LISTS:
            self._facts = {}
            self._append(_LISTS[local], self._facts)
        elif local == "mobile":
            self._found["mobile"] = True
        elif local == "pagemap":
            self._pagemap = self._found.setdefault("pagemap", [])  # type: ignore[assignment]

    def _append(self, sort: str, facts: dict[str, Json]) -> None:
        known = self._found.setdefault(sort, [])
        if isinstance(known, list) and len(known) < MOST_OF_A_SORT:
            known.append(facts)

    def _add_alternate(self, written: str) -> None:
        given = attributes(written, self._notes)
        if "href" in given:
            kept: dict[str, Json] = {name: given[name] for name in ("hreflang", "media") if name in given}
            self._append("alternates", {**kept, "href": self._address(given["href"])})

    def _add_fact(self, local: str, text: str) -> None:
        facts = self._facts
        value = decoded(text[: 2 * LONGEST_FACT], self._notes).strip()
        value = self._address(value) if local in _ADDRESSES else value[:LONGEST_FACT]
        if facts is None:
            return
        if local == "tag":
            tags = facts.setdefault("tags", [])
            if isinstance(tags, list) and len(tags) < MOST_FACTS:
                tags.append(value)
            return
        facts.setdefault(_SPELLED.get(local, local), value)

    def _add_to_pagemap(self, local: str, written: str, text: str) -> None:
        given = attributes(written, self._notes)
        objects = self._pagemap
        if objects is None or len(objects) > MOST_FACTS:
            return
        if local == "dataobject":
            kept: dict[str, Json] = {name: given[name] for name in ("type", "id") if name in given}
            objects.append({**kept, "attributes": {}})
        elif local == "attribute" and objects and "name" in given:
            held = objects[-1]["attributes"]
            if isinstance(held, dict) and len(held) < MOST_FACTS:
                held[given["name"][:LONGEST_FACT]] = given.get("value", decoded(text, self._notes).strip())[
                    :LONGEST_FACT
                ]

    def _address(self, text: str) -> str:
        """The address, made absolute; images and languages live on other hosts, and that is no news."""
        if text.startswith(("http://", "https://")):
            return text[:LONGEST_LOC]
        try:
            return urljoin(self._base.url, text)[:LONGEST_LOC]
        except ValueError:
            return text[:LONGEST_LOC]
