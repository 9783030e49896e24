"""`scanlane sitemap`: the URLs that a site's sitemaps list, written while they are read."""

import json
import re
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from rich.markup import escape
from rich.table import Table

from scanlane.clients.address_guard import parse_networks, refuse_private
from scanlane.commands.terminal import err, hush_stdout
from scanlane.domain.sites import parse_site
from scanlane.errors import BadInput
from scanlane.services.site_access import Manners, access_to_sites
from scanlane.services.sitemap_import import import_limits
from scanlane.services.sitemap_reading import FileRead, UrlFound, read_sitemaps
from scanlane.settings import Settings

_A_FILE = re.compile(r"[./~].*|[^/:]+\.(?:xml|gz|txt|rss|atom)", re.DOTALL)
_NOT_TO_BE_SEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapCommand:
    """What the command line says. `target`: a sitemap's URL, a file, or a site."""

    target: str
    as_json: bool = False
    networks: tuple[str, ...] = ()


class _Writer(Protocol):
    """How URLs are written, one by one, and what comes after the last one."""

    def url(self, found: UrlFound) -> None:
        """Write one."""

    def end(self, files: list[FileRead]) -> None:
        """Write what is left."""


async def show(settings: Settings, command: SitemapCommand) -> bool:
    """Write what the sitemaps list; answer whether one of them could be read. Raises BadInput, or the site's failure.

    Nothing is kept of a URL once it is written. Where nobody reads on, it ends quietly.
    """
    _check(settings, command)
    access = access_to_sites(settings, Manners(), allow_networks=",".join(command.networks))
    events = read_sitemaps(command.target, access=access, limits=import_limits(settings))
    try:
        urls, files = await _written(events, _Json(sys.stdout.buffer) if command.as_json else _Lines(sys.stdout.buffer))
    except BrokenPipeError:
        hush_stdout()
        return False
    _sum_up(urls, files, command)
    return any(file.error is None for file in files)


async def _written(events: AsyncGenerator[UrlFound | FileRead, None], writer: _Writer) -> tuple[int, list[FileRead]]:
    urls, files = 0, list[FileRead]()
    async with aclosing(events):
        async for event in events:
            if isinstance(event, UrlFound):
                writer.url(event)
                urls += 1
            else:
                files.append(event)
    writer.end(files)
    return urls, files


def _check(settings: Settings, command: SitemapCommand) -> None:
    networks = parse_networks(",".join([settings.allow_networks, *command.networks]))
    if _is_file(command.target):
        return
    if _A_FILE.fullmatch(command.target):
        raise BadInput(f"there is no file {_seen(command.target[:100])}", field="target")
    refuse_private(parse_site(command.target), networks)


def _is_file(target: str) -> bool:
    try:
        return Path(target).is_file()
    except (OSError, ValueError):
        return False


class _Json:
    """One JSON document: urls first, files at the end. It is written as it comes, and never whole in memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._before = '{"urls": [\n'

    def url(self, found: UrlFound) -> None:
        """One element."""
        self._write(self._before + json.dumps(_document(found), ensure_ascii=False))
        self._before = ",\n"

    def end(self, files: list[FileRead]) -> None:
        """The rest of the document."""
        said = [{**asdict(file), "warnings": list(file.warnings)} for file in files]
        opened = "" if self._before.startswith(",") else self._before
        self._write(f'{opened}\n], "files": {json.dumps(said, ensure_ascii=False)}}}\n')
        self._stream.flush()

    def _write(self, text: str) -> None:
        self._stream.write(text.encode("utf-8", "replace"))


class _Lines:
    """A URL a line; after a tab the date of its last change, where the sitemap has one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def url(self, found: UrlFound) -> None:
        """One line. A site must not be able to steer the terminal."""
        lastmod = f"\t{_seen(found.lastmod)}" if found.lastmod else ""
        self._stream.write(f"{_seen(found.loc)}{lastmod}\n".encode("utf-8", "replace"))

    def end(self, files: list[FileRead]) -> None:
        """What is left in the buffer."""
        del files
        self._stream.flush()


def _document(found: UrlFound) -> dict[str, object]:
    """A URL as JSON has it: what the sitemap does not say is left out, save the date."""
    said: dict[str, object] = {"loc": found.loc, "lastmod": found.lastmod, "source": found.source}
    more = {
        "modified_at": found.modified_at.isoformat() if found.modified_at else None,
        "changefreq": found.changefreq,
        "priority": found.priority,
        "extras": found.extras,
    }
    return said | {name: value for name, value in more.items() if value is not None}


def _sum_up(urls: int, files: list[FileRead], command: SitemapCommand) -> None:
    if not files:
        err.print(f"[red]error:[/red] no sitemap was found at {escape(_seen(command.target))}")
        return
    if not command.as_json:
        err.print(_table(files))
    failed = [file for file in files if file.error is not None]
    if len(failed) == len(files):
        err.print(f"[red]error:[/red] {escape(_seen(f'{failed[0].url}: {failed[0].error}'))}")
    elif not command.as_json:
        err.print(f"{urls} URLs in {len(files)} files, {len(failed)} of them failed.")


def _table(files: list[FileRead]) -> Table:
    table = Table()
    for column in ("Sitemap", "Kind", "URLs", "Remarks"):
        table.add_column(column, overflow="fold", justify="right" if column == "URLs" else "left")
    for file in files[:MOST_SHOWN]:
        table.add_row(escape(_seen(file.url)), file.kind or "", str(file.url_count), escape(_seen(_remarks(file))))
    if len(files) > MOST_SHOWN:
        table.add_row(f"and {len(files) - MOST_SHOWN} more", "", "", "")
    return table


def _remarks(file: FileRead) -> str:
    return ", ".join(_said(file))


def _said(file: FileRead) -> Iterator[str]:
    if file.error is not None:
        yield file.error
    yield from file.warnings


def _seen(text: str) -> str:
    return _NOT_TO_BE_SEEN.sub("\N{REPLACEMENT CHARACTER}", text)
