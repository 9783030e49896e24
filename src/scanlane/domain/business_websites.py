"""From what a business gives as its website to the domain to work on, or to the reason why there is none. Pure."""

import re
from dataclasses import dataclass

from scanlane.domain.authority import is_local, owned_domain, without_www
from scanlane.domain.redirect_links import unwrapped
from scanlane.domain.shared_hosts import Shared, shared
from scanlane.domain.sites import Site, UnusableWebsite, parse_site
from scanlane.domain.urls import LONGEST_URL, host_of
from scanlane.domain.word_sets import words

MOST_WEBSITES = 5

_NOTHING = words("- -- . n/a na none no nil null nan unknown keine aucun ninguna nessuno geen")
_BETWEEN = re.compile(r"[ ;|,]{1,4}(?=https?:|www\.)| ?[;|] ?(?=[^ /;|]{1,80}\.)| ", re.IGNORECASE)
# "http://http://", "https//", "http:/", "https:\\": all that people write for a scheme.
_SCHEMES = re.compile(r"(?:(https?)(?::?[/\\]{1,3}|:(?!\d)))+", re.IGNORECASE)

_WITH_GAP = re.compile(r"\A(https?:/{1,3}) ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NoOwnSite:
    """The business has no website of its own, by rule; `reason` is a sentence."""

    reason: str


def find_site(website: str | None) -> Site | NoOwnSite:
    """The site of a business, from the text of its website: the first own site where several are written.

    Links that lead on are followed in their text; profiles, entries, offers and places on other people's hosts are no
    own site. Raises UnusableWebsite when the text is no address at all.
    """
    text = " ".join((website or "").split())
    if text.lower().strip("()[]'\"") in _NOTHING or not text:
        return NoOwnSite("The business gives no website.")
    if len(text) > MOST_WEBSITES * LONGEST_URL:
        raise UnusableWebsite("The website's text is longer than an address.")
    return _first_own([part for part in _BETWEEN.split(_WITH_GAP.sub(r"\1", text)) if part][:MOST_WEBSITES])


def _first_own(written: list[str]) -> Site | NoOwnSite:
    shared_site: NoOwnSite | None = None
    failure: UnusableWebsite | None = None
    for text in written:
        try:
            site = _read(text)
        except UnusableWebsite as error:
            failure = failure or error
            continue
        kind = _shared(site)
        if kind is None:
            return site
        shared_site = shared_site or NoOwnSite(f"{site.name}: {kind}, no website of the business's own.")
    if shared_site is None:
        raise failure or UnusableWebsite
    return shared_site


def _read(text: str) -> Site:
    return parse_site(unwrapped(_with_one_scheme(text.strip("<>()[]'\","))))


def _with_one_scheme(text: str) -> str:
    match = _SCHEMES.match(text)
    return text if match is None else f"{match[1].lower()}://{text[match.end() :]}"


def _shared(site: Site) -> Shared | None:
    host = host_of(site.start_url)
    if is_local(host):
        return None
    kind = shared(host)
    # A public suffix is nobody's own: "wixsite.com" by itself, or "co.uk".
    is_suffix = owned_domain(f"x.{without_www(host)}") == f"x.{without_www(host)}"
    return kind or (Shared.BUILDER if is_suffix else None)
