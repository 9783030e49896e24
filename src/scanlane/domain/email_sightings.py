"""E-mail addresses of one page, by the place where they stand: links, text, attributes, protected elements."""

import html
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote

from scanlane.domain import cloudflare, mailto
from scanlane.domain.attribute_pairs import USER_ATTRIBUTES, paired_addresses
from scanlane.domain.email_rules import address
from scanlane.domain.emails import addresses
from scanlane.domain.encoded_attributes import ENCODED, JOOMLA, SHIFTED, encoded_addresses
from scanlane.domain.flow import Flow, seen_as
from scanlane.domain.html import Document, Element
from scanlane.domain.script_emails import ScriptEmail, in_json, in_page_script, in_script, names_of_host
from scanlane.domain.shifted import unshifted
from scanlane.domain.sightings import ContactKind, Method, Sighting, one_line
from scanlane.domain.spelled import spelled_addresses
from scanlane.domain.structured_data import Facts
from scanlane.domain.telling import SHORTEST_VALUE

# Attributes that hold no contact however they look: suggestions for a visitor's own address, files, styles, patterns.
_DUMB_ATTRIBUTES = frozenset(
    ("placeholder", "pattern", "src", "srcset", "data-src", "data-srcset", "class", "style", "id", "href", SHIFTED)
)
_CODED_ATTRIBUTES = frozenset((*USER_ATTRIBUTES, *ENCODED, "data-cfemail"))
# What a hint for the visitor begins with: "e.g. info@...".
_EXAMPLE = re.compile(
    r"\W{0,3}(?:e\.?\s?g|z\.?\s?b|p\.?\s?ej|p\.?\s?ex|es(?=\.)|ex(?=[.:])|exemple|ejemplo|exemplo|esempio|example|beispiel|bijv|np(?=\.)|f\.?\s?eks|"
    r"t\.?\s?ex|например)\b[.:]{0,2}\s",
    re.IGNORECASE,
)
_ESCAPED_SIGN = re.compile(r"&(?:#0{0,3}64;?|#x0{0,3}40;?|commat;)", re.IGNORECASE)
_ESCAPED_REACH = 400
MOST_ESCAPED = 1_000
MOST_CODE = 400_000
_LONGEST_VALUE = 200_000


def in_links(document: Document) -> Iterator[Sighting]:
    """Addresses in mailto links and in links that Cloudflare protects."""
    for link in document.links:
        href = link.attributes["href"]
        if not _may_be_mail(href):
            continue
        href = href.strip()
        context = one_line(link.text or link.attributes.get("title", ""))
        for value in _written_to(href):
            disguised = mailto.is_disguised(href)
            yield _email(value, Method.MAILTO, context, obfuscated=disguised, hidden=link.hidden)
        if payload := cloudflare.payload_of(href):
            yield from _protected(payload, link)


def _written_to(href: str) -> list[str]:
    found = [value for recipient in mailto.recipients(href) for value in one_or_more(recipient)]
    bare = None if found else mailto.without_scheme(href)
    return [bare] if bare else found


def in_facts(facts: Facts, method: Method) -> Iterator[Sighting]:
    """Addresses that structured data states."""
    for written in facts.emails:
        for value in one_or_more(written.removeprefix("mailto:").removeprefix("MAILTO:")):
            yield _email(value, method, one_line(written))


def in_text(flow: Flow, *, hidden: bool) -> Iterator[Sighting]:
    """Addresses in running text, plain or spelled out."""
    for found in addresses(flow.text, flow.tags) if "@" in flow.text else ():
        yield _email(found.value, Method.TEXT, flow.context(found.start, found.end), hidden=hidden)
    if "&#" in flow.text or "&commat" in flow.text:
        yield from _escaped_twice(flow, hidden=hidden)
    for spelled in spelled_addresses(flow.text):
        context = flow.context(spelled.start, spelled.end)
        yield _email(spelled.value, Method.AT_WORDS, context, obfuscated=True, hidden=hidden)


def _escaped_twice(flow: Flow, *, hidden: bool) -> Iterator[Sighting]:
    """Addresses whose character references were escaped once more, so that the visitor sees "info&#64;host"."""
    for sign in islice(_ESCAPED_SIGN.finditer(flow.text), MOST_ESCAPED):
        start = max(0, sign.start() - _ESCAPED_REACH)
        before = html.unescape(flow.text[start : sign.start()].rpartition(" ")[2].rpartition("\x00")[2])
        after = html.unescape(
            flow.text[sign.end() : sign.end() + _ESCAPED_REACH].partition(" ")[0].partition("\x00")[0]
        )
        for found in islice(addresses(f"{before}@{after}"), 1):
            context = flow.context(sign.start(), sign.end())
            yield _email(found.value, Method.TEXT, context, obfuscated=True, hidden=hidden)


def in_elements(document: Document) -> Iterator[Sighting]:
    """Addresses in attributes, in Cloudflare's elements, in text written backwards."""
    for element in filter(_may_tell, document.telling()):
        if payload := element.attributes.get("data-cfemail"):
            yield from _protected(payload, element)
        yield from _in_attributes(element)
        for value in paired_addresses(element.attributes):
            yield _email(value, Method.ATTRIBUTE, one_line(element.text), obfuscated=True, hidden=element.hidden)
        for value in encoded_addresses(element.tag, element.attributes):
            yield _email(value, Method.ATTRIBUTE, one_line(element.text), obfuscated=True, hidden=element.hidden)
        if element.backwards:
            for found in addresses(element.text[::-1]):
                yield _email(found.value, Method.TEXT, found.value, obfuscated=True, hidden=element.hidden)


def in_scripts(document: Document, host: str) -> Iterator[Sighting]:
    """Addresses in inline scripts, in event handlers and in javascript: links."""
    code_length = 0
    for script in document.scripts:
        code_length += len(script.text)
        if "ld+json" not in script.kind:
            is_data = "json" in script.kind or code_length > MOST_CODE
            yield from _of_script(in_json(script.text) if is_data else in_page_script(script.text, host), hidden=False)
    for element in document.telling():
        for code in _handlers(element):
            names = {**names_of_host(host), **element.attributes, **_data_set(element)}
            yield from _of_script(in_script(code, names), hidden=element.hidden)


def in_comments(document: Document) -> Iterator[Sighting]:
    """Addresses in HTML comments: nobody sees them, and few still hold."""
    for comment in document.comments:
        for found in addresses(seen_as(comment)):
            yield _email(
                found.value, Method.COMMENT, one_line(comment[max(0, found.start - 60) : found.end + 60]), hidden=True
            )


def _may_tell(element: Element) -> bool:
    """Whether an element may hold an address: most meta and link elements, of which a page has fifty, do not."""
    if element.backwards or element.tag == JOOMLA or not _CODED_ATTRIBUTES.isdisjoint(element.attributes):
        return True
    return "mail" in "\n".join(element.attributes) or _may_hold_sign("\n".join(element.attributes.values()))


def _data_set(element: Element) -> dict[str, str]:
    """The data attributes under the names that scripts know them by: data-mail-host is dataset.mailHost."""
    names = {}
    for name, value in element.attributes.items():
        if name[:5] == "data-":
            first, *rest = name[5:].split("-")
            names["dataset." + first + "".join(map(str.capitalize, rest))] = value
    return {**names, **{f"this.{name}": value for name, value in names.items()}}


def _may_be_mail(href: str) -> bool:
    """Whether a link may write to somebody: its scheme may be encoded, but some sign of it is always to be seen."""
    return "@" in href or "%" in href or "&" in href or "ail" in href or "AIL" in href or cloudflare.PATH in href


def _handlers(element: Element) -> Iterator[str]:
    if element.tag == "meta":
        return
    for name, value in element.attributes.items():
        if name[:2] == "on":
            yield value
        elif name == "href" and value[:20].lstrip().lower().startswith("javascript:"):
            yield unquote(value.partition(":")[2])
        elif name in ("href", "data-mailto-token") and (link := unshifted(value)):
            yield f'"{link}"'


def _of_script(found: Iterable[ScriptEmail], *, hidden: bool) -> Iterator[Sighting]:
    for one in found:
        yield _email(one.value, Method.SCRIPT, one_line(one.context), obfuscated=one.disguised, hidden=hidden)


def one_or_more(recipient: str) -> Iterator[str]:
    """The address of a delimited text as a whole, or else those inside it ("Bakery <info@...>", "info[at]...")."""
    plain = seen_as(recipient).strip("<>\"' ")
    whole = address(*plain.rpartition("@")[::2]) if plain.count("@") == 1 else None
    if whole:
        yield whole
        return
    found = [found.value for found in addresses(plain)]
    yield from found or [spelled.value for spelled in spelled_addresses(plain)]


def _protected(payload: str, element: Element) -> Iterator[Sighting]:
    for found in addresses(cloudflare.decoded(payload.strip()) or ""):
        context = one_line(element.text)
        yield _email(found.value, Method.CLOUDFLARE, context, obfuscated=True, hidden=element.hidden)


def _in_attributes(element: Element) -> Iterator[Sighting]:
    for name, value in element.attributes.items():
        is_mail_link = element.tag == "link" and name == "href" and value[:10].lstrip().lower().startswith("mailto:")
        if (name in _DUMB_ATTRIBUTES and not is_mail_link) or len(value) < SHORTEST_VALUE or name[:2] == "on":
            continue
        if not _may_hold_sign(value) and "mail" not in name:
            continue
        if name == "action" and (recipient := mailto.at_end_of_path(value)):
            yield _email(recipient, Method.ATTRIBUTE, "", hidden=element.hidden)
        text = _readable(value[:_LONGEST_VALUE])
        if _EXAMPLE.match(text):
            continue
        if "mail" in name and "@" not in text:
            for spelled in spelled_addresses(text):
                yield _email(spelled.value, Method.ATTRIBUTE, one_line(text), obfuscated=True, hidden=element.hidden)
        for found in addresses(text):
            context = one_line(text[max(0, found.start - 40) : found.end + 40])
            yield _email(found.value, Method.ATTRIBUTE, context, obfuscated="@" not in value, hidden=element.hidden)


def _may_hold_sign(value: str) -> bool:
    """Whether the sign "@" may show in an attribute once it is made readable."""
    return "@" in value or "&" in value or "%40" in value or "\\u0040" in value or not value.isascii()


def _readable(value: str) -> str:
    """The value without the escapes of URLs, of HTML inside HTML and of JSON."""
    if "%40" in value:
        value = unquote(value)
    if "&" in value:
        value = html.unescape(value)
    if "\\" in value:
        value = (
            value.replace("\\u0040", "@")
            .replace("\\/", "/")
            .replace("\\n", " ")
            .replace("\\t", " ")
            .replace('\\"', '"')
        )
    return seen_as(value)


def _email(value: str, method: Method, context: str, *, obfuscated: bool = False, hidden: bool = False) -> Sighting:
    return Sighting(ContactKind.EMAIL, value, method, context, obfuscated=obfuscated, hidden=hidden)
