"""`scanlane verify`: what the DNS and lists know of the domains of addresses."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from scanlane.commands.lines import read_lines
from scanlane.commands.terminal import out
from scanlane.crew import mail_verifier
from scanlane.domain.email_kinds import kind_of
from scanlane.domain.mail_verdicts import MailDomain, MailStatus, Verification, verdict
from scanlane.services.verification import document, domain_of, own_disposable
from scanlane.settings import Settings
from scanlane.wiring import wired
from worklane.outcome import JsonValue

MOST_ADDRESSES = 100_000
A_PORTION = 1_000


@dataclass(frozen=True, slots=True)
class Verified:
    """One address and what is known of its domain; None: it is no address."""

    address: str
    found: Verification | None


async def verify(settings: Settings, what: str, *, as_json: bool) -> None:
    """Print a line for each address, in their order."""
    given = [what] if "@" in what else read_lines(what, most=MOST_ADDRESSES)
    disposable = own_disposable(settings)
    table = _table()
    async with wired(settings) as wiring:
        verifier = mail_verifier(wiring)
        for start in range(0, len(given), A_PORTION):
            some = given[start : start + A_PORTION]
            known = await verifier.check(address.rpartition("@")[2] for address in some if "@" in address)
            _show(_verified(some, known, disposable), None if as_json else table)
    if not as_json:
        out.print(table)


def _show(found: Iterable[Verified], table: Table | None) -> None:
    for one in found:
        if table is None:
            print(json.dumps(_document(one), ensure_ascii=False))  # noqa: T201 - the output itself
        else:
            table.add_row(*map(escape, _row(one)))


def _verified(
    addresses: Iterable[str], known: Mapping[str, MailDomain], disposable: frozenset[str]
) -> Iterable[Verified]:
    for address in addresses:
        domain = known.get(domain_of(address) or "") if address.rpartition("@")[0] else None
        yield Verified(address, None if domain is None else verdict(domain, disposable=disposable))


def _document(one: Verified) -> dict[str, JsonValue]:
    if one.found is None:
        return {"value": one.address, "status": MailStatus.INVALID, "mx": [], "reason": "that is no address"}
    said = {"value": one.address, "type": kind_of(one.address), **document(one.found)}
    return {**said, "reason": one.found.reason} if one.found.reason else said


def _row(one: Verified) -> tuple[str, str, str, str]:
    if one.found is None:
        return one.address, MailStatus.INVALID, "", "that is no address"
    return one.address, one.found.status, ", ".join(one.found.mx[:2]), one.found.reason or ""


def _table() -> Table:
    table = Table()
    for name in ("Address", "Status", "Mail servers", "Reason"):
        table.add_column(name, overflow="fold")
    return table
