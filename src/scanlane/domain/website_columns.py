"""Which columns of a table hold websites, and the website that each row names. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanlane.domain import socials
from scanlane.domain.authority import UnusableHost, read_host
from scanlane.domain.csv_import import Row, UnusableTable, is_separator_line
from scanlane.domain.email_kinds import is_webmail
from scanlane.domain.mail_hosts import host_of, registrable
from scanlane.domain.sites import Site, UnusableWebsite, parse_site

# As headers are written, without case, spaces and signs; the surest first.
WEBSITE_NAMES = (
    "website websites websiteurl companywebsite homepage homepageurl webseite siteweb sitioweb sitoweb paginaweb"
    " webpage webaddress web www url urls companyurl siteurl site domain domains domainname companydomain internet"
    " host hostname link links"
).split()
_EMPTY = frozenset(("", "-", "--", "n/a", "na", "none", "null", "nil", "/", "?"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Columns as somebody names them: by header, or by number from 1. None: guess (websites), or leave (e-mail)."""

    website: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to read a table: `skip` rows come before the data; columns are counted from 0."""

    names: tuple[str, ...]
    skip: int
    website: int | None
    email: int | None


def read_layout(sample: Sequence[Row], wanted: Columns) -> Layout:
    """Find the header and the columns in the first rows of a table. Raises UnusableTable."""
    before = _rows_before(sample)
    if before == len(sample):
        raise UnusableTable("the file has no rows")
    head, body = sample[before], sample[before + 1 :]
    named = _named_column(head, wanted.website, "column")
    email = _named_column(head, wanted.email, "mapping.email")
    has_header = _is_header(head, body, wanted)
    rows = body if has_header else [head, *body]
    website = named if named is not None else _guess(head if has_header else None, rows)
    if website is None and email is None:
        shown = ", ".join(cell.strip()[:40] or "(no name)" for cell in head.cells[:20])
        raise UnusableTable(f"no column seems to hold websites; say which one it is: {shown}", field="column")
    names = tuple(cell.strip() for cell in head.cells) if has_header else ()
    return Layout(names=names, skip=before + has_header, website=website, email=email)


def site_of_row(row: Row, layout: Layout) -> Site | None:
    """The website that a row names; None: it names none. Raises BadInput with the reason for people."""
    if row.error is not None:
        raise UnusableTable(row.error)
    website, email = _cell(row, layout.website), _cell(row, layout.email)
    if website:
        return read_website(website)
    return _site_of_address(email) if email else None


def read_website(text: str) -> Site:
    """The website of that address. Raises UnusableWebsite, also for a profile in a social network."""
    site = parse_site(text)
    profile = socials.profile(site.start_url)
    if profile:
        raise UnusableWebsite(f"{text.strip()[:100]} is a profile at {profile.network}, not a website of its own.")
    return site


def shown_value(row: Row, layout: Layout) -> str:
    """What stands in the row's column, for people."""
    return (_cell(row, layout.website) or _cell(row, layout.email))[:200]


def _rows_before(sample: Sequence[Row]) -> int:
    return next(
        (place for place, row in enumerate(sample) if not (row.is_blank or is_separator_line(row))), len(sample)
    )


def _cell(row: Row, column: int | None) -> str:
    text = row.cells[column].strip() if column is not None and column < len(row.cells) else ""
    return "" if text.lower() in _EMPTY else text


def _site_of_address(email: str) -> Site:
    first = email.replace(";", ",").split(",")[0].strip()
    domain = first.rpartition("@")[2].rstrip(">").lower()
    if "@" not in first or not domain:
        raise UnusableWebsite(f"{first[:100]} is not an e-mail address.")
    if is_webmail(domain):
        raise UnusableWebsite(f"{first[:100]} is a mailbox at a provider; it names no website.")
    return parse_site(domain)


def _named_column(head: Row, wanted: str | None, field: str) -> int | None:
    if wanted is None:
        return None
    for place, cell in enumerate(head.cells):
        if cell.strip().casefold() == wanted.strip().casefold():
            return place
    if wanted.isascii() and wanted.isdigit() and 0 < int(wanted[:6]) <= len(head.cells):
        return int(wanted) - 1
    shown = ", ".join(cell.strip()[:40] for cell in head.cells[:20])
    raise UnusableTable(f"there is no column {wanted[:60]!r} among: {shown}", field=field)


def _is_header(head: Row, body: Sequence[Row], wanted: Columns) -> bool:
    said = {text.strip().casefold() for text in (wanted.website, wanted.email) if text}
    if any(cell.strip().casefold() in said or _bare(cell) in WEBSITE_NAMES for cell in head.cells):
        return True
    if any("@" in cell or _is_website(cell) for cell in head.cells):
        return False
    return any("@" in cell or _is_website(cell) for row in body for cell in row.cells)


def _guess(head: Row | None, rows: Sequence[Row]) -> int | None:
    """By a known header over at least one website; by the most websites below each other; by a known header."""
    found = {place: _share(rows, place) for place in range(max((len(row.cells) for row in rows), default=0))}
    named = list(_known_names(head)) if head else []
    for place in named:
        if found.get(place, (0, 0))[0]:
            return place
    # A column that repeats a few hosts holds links to them, not websites of many.
    likely = [place for place, (distinct, share) in found.items() if share >= 0.5 and distinct]
    return max(likely, key=lambda place: (found[place][0], -place), default=named[0] if named else None)


def _known_names(head: Row) -> Iterator[int]:
    bare = [_bare(cell) for cell in head.cells]
    for name in WEBSITE_NAMES:
        if name in bare:
            yield bare.index(name)


def _share(rows: Sequence[Row], place: int) -> tuple[int, float]:
    """How many different websites stand in a column, and which share of its filled cells they are."""
    cells = [text for row in rows if (text := _cell(row, place))]
    websites = [text for text in cells if _is_website(text)]
    hosts = {host_of(parse_site(text).start_url) for text in websites}
    return len(hosts), len(websites) / len(cells) if cells else 0.0


def _is_website(text: str) -> bool:
    typed = text.strip()
    if "." not in typed or "@" in typed or " " in typed:
        return False
    try:
        site = read_website(typed)
        host = host_of(site.start_url)
        return typed.lower().startswith(("http://", "https://")) or bool(registrable(read_host(host)))
    except (UnusableWebsite, UnusableHost):
        return False


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
