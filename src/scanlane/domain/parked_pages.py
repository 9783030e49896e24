"""Pages that stand in for a website which nobody has: parked domains, and domains for sale. Pure."""

import re

from scanlane.domain.flow import BREAK
from scanlane.domain.html import Document

MOST_CHARACTERS = 3_000
MOST_LINKS = 40

_HOSTS = re.compile(
    r"//(?:[\w-]{1,40}\.){0,3}(?:sedoparking\.com|parkingcrew\.net|bodis\.com|parklogic\.com|skenzo\.com|above\.com"
    r"|dan\.com|afternic\.com|hugedomains\.com|uniregistry\.com|domainmarket\.com|undeveloped\.com"
    r"|namebrightstatic\.com|cashparking\.com|voodoo\.com|domainlore\.uk)(?=[/:?\n]|\Z)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?:the|this|diese|die|ce|le|deze|het|este) domain(?:e|ein)?(?: name)?\b(?:[^.!?\n]|\.(?=\w)){0,60}"
    r"\b(?:(?:is|may be|could be) (?:now )?(?:for sale|parked|available for purchase)|steht zum verkauf|ist geparkt"
    r"|est (?:\u00e0|en) (?:vendre|vente)|is te koop|has expired)\b"
    r"|\b(?:buy|purchase) this domain\b|\bdomain parking\b",
    re.IGNORECASE,
)


def is_parked(document: Document) -> bool:
    """Whether the page only says that nobody uses the domain, or that it is for sale.

    The words count on short pages alone: a broker of domains has a website of its own.
    """
    if _HOSTS.search("\n".join(document.sources)):
        return True
    if len(document.links) > MOST_LINKS or sum(map(len, document.shown)) > MOST_CHARACTERS:
        return False
    shown = "".join(document.shown).replace(BREAK, "\n")
    return _WORDS.search(f"{document.title}\n{shown}") is not None
