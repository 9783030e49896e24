"""What the extensions of the sitemap protocol say about a page: images, videos, news, languages, mobile, PageMap.

Sources: developers.google.com/search/docs/crawling-indexing/sitemaps (image, video, news, localized versions).
"""

import re

from scanlane.domain.sitemap_entities import decoded
from scanlane.domain.sitemap_entries import Json, Notes
from scanlane.domain.sitemap_locs import LONGEST_LOC, Base, joined
from scanlane.domain.sitemap_nodes import attributes

MOST_OF_A_SORT = 1000
MOST_FACTS = 40
LONGEST_FACT = 2048
LONGEST_NAME = 100

_LISTS = {"image": "images", "video": "videos"}
_ADDRESSES = frozenset(("loc", "thumbnail_loc", "content_loc", "player_loc", "license"))
_SPELLED = {"publication_date": "date"}
# What nine of ten alternates look like; the rest is taken apart.
_USUAL_ALTERNATE = re.compile(r'\s++rel="alternate"\s++hreflang="([\w-]++)"\s++href="(https?://[^"&\s]++)"\s*+/?')


class Extras:
    """Collects the elements of one record that are not of the protocol itself."""

    __slots__ = ("_base", "_facts", "_found", "_notes", "_objects")

    def __init__(self, base: Base, notes: Notes) -> None:
        self._base = base
        self._notes = notes
        self._found: dict[str, Json] = {}
        self._facts: dict[str, Json] | None = None
        self._objects: list[dict[str, Json]] | None = None

    def begin(self, local: str, written: str, text: str, depth: int) -> None:
        """Take in an element: its local name, its attributes as written, its text, and how deep in the record it is."""
        if depth == 0:
            self._begin_sort(local, written)
        elif self._facts is not None:
            if text and len(self._facts) < MOST_FACTS and not text.isspace():
                self._add_fact(self._facts, local, text)
        elif self._objects is not None and len(self._objects) <= MOST_FACTS:
            self._add_to_pagemap(self._objects, local, written, text)

    def found(self) -> dict[str, Json] | None:
        """All that was said; None if nothing."""
        return self._found or None

    def _begin_sort(self, local: str, written: str) -> None:
        self._facts = self._objects = None
        if local == "link":
            self._add_alternate(written)
        elif local in _LISTS:
            self._facts = {}
            self._append(_LISTS[local], self._facts)
        elif local == "news":
            self._facts = self._found["news"] = {}
        elif local == "mobile":
            self._found["mobile"] = True
        elif local == "pagemap":
            self._objects = []
            self._found["pagemap"] = self._objects

    def _append(self, sort: str, facts: dict[str, Json]) -> None:
        known = self._found.get(sort)
        if known is None:
            self._found[sort] = [facts]
        elif isinstance(known, list) and len(known) < MOST_OF_A_SORT:
            known.append(facts)

    def _add_alternate(self, written: str) -> None:
        usual = _USUAL_ALTERNATE.fullmatch(written)
        if usual is not None:
            self._append("alternates", {"hreflang": usual[1], "href": usual[2][:LONGEST_LOC]})
            return
        given = attributes(written, self._notes)
        if "href" in given:
            kept: dict[str, Json] = {name: given[name] for name in ("hreflang", "media") if name in given}
            self._append("alternates", {**kept, "href": self._address(given["href"])})

    def _add_fact(self, facts: dict[str, Json], local: str, text: str) -> None:
        if len(text) > LONGEST_FACT:
            text = text[: 2 * LONGEST_FACT]
        value = (decoded(text, self._notes) if "&" in text else text).strip()[:LONGEST_FACT]
        if local in _ADDRESSES:
            value = self._address(value)
        if local == "tag":
            tags = facts.setdefault("tags", [])
            if isinstance(tags, list) and len(tags) < MOST_FACTS:
                tags.append(value)
            return
        facts.setdefault(_SPELLED.get(local, local)[:LONGEST_NAME], value)

    def _add_to_pagemap(self, objects: list[dict[str, Json]], local: str, written: str, text: str) -> None:
        given = attributes(written, self._notes)
        if local == "dataobject":
            kept: dict[str, Json] = {name: given[name] for name in ("type", "id") if name in given}
            objects.append({**kept, "attributes": {}})
        elif local == "attribute" and objects and "name" in given:
            held = objects[-1]["attributes"]
            if isinstance(held, dict) and len(held) < MOST_FACTS:
                value = given.get("value") or decoded(text[: 2 * LONGEST_FACT], self._notes).strip()
                held[given["name"][:LONGEST_NAME]] = value[:LONGEST_FACT]

    def _address(self, text: str) -> str:
        """The address, made absolute; images and languages live on other hosts, and that is no news."""
        if text.startswith(("http://", "https://")):
            return text[:LONGEST_LOC]
        return joined(self._base.url, text)[:LONGEST_LOC]
