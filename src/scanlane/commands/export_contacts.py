"""`scanlane export`: contacts as a file, or on stdout."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from scanlane.commands.checked import checked
from scanlane.commands.terminal import err, hush_stdout
from scanlane.domain.sites import parse_site
from scanlane.domain.table_formats import FileFormat
from scanlane.errors import AppError, BadInput
from scanlane.schemas.contact import ContactFilters
from scanlane.services.exports import Wanted, export, pages_of, read_columns
from scanlane.services.jobs import DomainNotFound
from scanlane.services.verification import own_disposable
from scanlane.settings import Settings
from scanlane.stores.contact_lists import ContactFilter
from scanlane.stores.domain_lists import find_named
from scanlane.wiring import Wiring, wired

STANDARD_OUTPUT = "-"


class Unwritable(AppError):
    """The file cannot be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCommand:
    """What the command line says. `domain` is a website as people write it."""

    file: str
    format: str | None
    columns: str | None
    mark: bool
    filters: Mapping[str, object]
    domain: str | None
    tenant: str
    obfuscated: str | None = None

    def wanted(self) -> Wanted:
        """How the file looks. Raises BadInput."""
        return Wanted(format=self._format(), columns=read_columns(self.columns), mark=self.mark)

    def filter(self) -> ContactFilter:
        """Which contacts, of all domains. Raises BadInput."""
        return ContactFilter(**checked(ContactFilters, **self.filters).model_dump())

    def _format(self) -> FileFormat:
        ending = Path(self.file).suffix.removeprefix(".").lower()
        if self.format is None and self.file == STANDARD_OUTPUT:
            return FileFormat.CSV
        if self.format is not None and self.format not in tuple(FileFormat):
            raise BadInput(f"--format: {self.format} is none of {', '.join(FileFormat)}", field="format")
        if self.format is None and ending not in tuple(FileFormat):
            raise BadInput(f"{self.file}: let it end in .csv, .jsonl or .xlsx, or say --format", field="file")
        return FileFormat(self.format or ending)


async def export_contacts(settings: Settings, command: ExportCommand) -> None:
    """Write the file. One that was there is replaced when the new one is whole, and kept when it fails."""
    wanted, found = command.wanted(), command.filter()
    async with wired(settings) as wiring:
        if command.domain is not None:
            found = replace(found, domain_id=await _domain_id(wiring, command.domain, command.tenant))
        found = replace(found, obfuscated=command.obfuscated or settings.obfuscated)
        read_page = pages_of(
            wiring.sessions,
            found,
            tenant=command.tenant,
            with_sources=wanted.with_sources,
            disposable=own_disposable(settings),
        )
        pieces = export(read_page, wanted)
        with _target(command.file) as file:
            await _write(pieces, file)
    if command.file != STANDARD_OUTPUT:
        err.print(f"{command.file} is written", markup=False)


async def _domain_id(wiring: Wiring, website: str, tenant: str) -> UUID:
    name = parse_site(website).name
    async with wiring.sessions() as session:
        known = await find_named(session, [name], tenant=tenant)
    if name not in known:
        raise DomainNotFound
    return known[name].id


async def _write(pieces: AsyncIterator[bytes], file: BinaryIO) -> None:
    async for piece in pieces:
        try:
            await asyncio.to_thread(file.write, piece)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Unwritable(f"the file cannot be written: {error.strerror}") from None


@contextmanager
def _target(path: str) -> Iterator[BinaryIO]:
    if path == STANDARD_OUTPUT:
        with _standard_output() as file:
            yield file
        return
    real = Path(os.path.realpath(path))
    if real.is_dir():
        raise BadInput(f"{path} cannot be written: it is a directory", field="file")
    # A device or a pipe is written to: replacing it would take it away from everybody.
    part = real if real.exists() and not real.is_file() else real.with_name(f".{uuid4().hex}.part")
    try:
        file = part.open("wb")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}", field="file") from None
    try:
        yield file
        _finish(file, part, real)
    finally:
        with suppress(OSError):
            file.close()
        if part != real:
            part.unlink(missing_ok=True)


def _finish(file: BinaryIO, part: Path, real: Path) -> None:
    try:
        file.close()
        if part != real:
            part.replace(real)
    except OSError as error:
        raise Unwritable(f"{real} cannot be written: {error.strerror}") from None


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        hush_stdout()
