"""Suppression: who does not want to be kept here is not stored, not listed, not exported, and goes at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

import idna
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from scanlane.domain.sightings import Sighting
from scanlane.domain.suppression_keys import SuppressedKind, SuppressionKey, keys_of, read_key
from scanlane.errors import BadInput, NotFound
from scanlane.models import EVERY_TENANT
from scanlane.stores import contact_purge, suppressions
from scanlane.stores.contact_purge import Wanted
from worklane.outcome import JsonValue

T = TypeVar("T")

MOST_AT_ONCE = 1_000
LONGEST_REASON = 500
A_PORTION = 500


class SuppressionNotFound(NotFound):
    """There is no such suppression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """On whose behalf something is suppressed. `tenant` may be EVERY_TENANT."""

    tenant: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """How many are suppressed now that were not before, and how many stored contacts went."""

    added: int
    purged: int


async def suppress(sessions: async_sessionmaker[AsyncSession], values: Sequence[str], asked: Asked) -> Suppressed:
    """Suppress these for good, then purge what is stored of them. Raises BadInput before anything is written."""
    keys = [_read(value, place, many=len(values) > 1) for place, value in enumerate(values, start=1)]
    _refuse_telling_reason(asked.reason, values, keys)
    async with sessions.begin() as session:
        # Whoever looked before this has committed by now, and is purged; whoever looks later sees it.
        await suppressions.stop_writers(session)
        added = await suppressions.add_suppressions(
            session, keys, tenant=asked.tenant, reason=asked.reason, created_by=asked.by
        )
    purged = 0
    for start in range(0, len(keys), A_PORTION):
        async with sessions.begin() as session:
            purged += await purge(session, keys[start : start + A_PORTION], tenant=asked.tenant)
    return Suppressed(added=added, purged=purged)


async def unsuppress(session: AsyncSession, values: Sequence[str], *, tenant: str) -> int:
    """Lift suppressions; answer how many there were. What was purged does not come back by itself."""
    return await suppressions.delete_suppressions(session, [read_key(value) for value in values], tenant=tenant)


async def lift(session: AsyncSession, id: UUID, *, tenant: str, everywhere: bool) -> None:
    """Lift one suppression of the tenant, or one that binds all. Raises SuppressionNotFound."""
    tenants = [EVERY_TENANT] if everywhere else [tenant]
    if not await suppressions.delete_suppression(session, id, tenants=tenants):
        raise SuppressionNotFound


async def purge(session: AsyncSession, keys: Sequence[SuppressionKey], *, tenant: str) -> int:
    """Delete what is stored of these keys; answer how many contacts there were."""
    given = frozenset(keys)
    found = await contact_purge.stored_values(session, _wanted(keys), tenant=tenant)
    values = [one for one in found if not given.isdisjoint(keys_of(one.kind, one.value))]
    number = await contact_purge.delete_values(session, values, tenant=tenant) if values else 0
    texts = sorted({part for key in keys for part in _names_in_results(key)})
    for stored in await contact_purge.results_naming(session, texts, tenant=tenant) if texts else ():
        kept = without_documents(stored.result, lambda key: key in given)
        await contact_purge.replace_result(session, stored.job_id, kept)
    return number


async def unsuppressed(
    session: AsyncSession, items: Sequence[T], *, tenant: str, contact: Callable[[T], tuple[str, str]]
) -> list[T]:
    """The items whose contact is not suppressed. `contact`: an item's kind and value."""
    keys = {index: keys_of(*contact(item)) for index, item in enumerate(items)}
    asked = {key for some in keys.values() for key in some}
    found = await suppressions.find_suppressed(session, asked, tenant=tenant)
    return [item for index, item in enumerate(items) if found.isdisjoint(keys[index])]


async def storable_sightings(
    session: AsyncSession, seen: Sequence[tuple[str, Sighting]], *, tenant: str
) -> list[tuple[str, Sighting]]:
    """What of these (page URL, sighting) pairs may be stored; call stores.suppressions.begin_writing before.

    A sighting that stays, but quotes one that does not, loses its quote.
    """
    kept = await unsuppressed(session, seen, tenant=tenant, contact=lambda one: (one[1].kind, one[1].value))
    if len(kept) == len(seen):
        return kept
    staying = set(map(id, kept))
    telling: dict[str, set[str]] = {}
    for pair in seen:
        if id(pair) not in staying:
            telling.setdefault(pair[0], set()).add(_telling(pair[1]))
    return [(url, _unquoted(sighting, telling.get(url, set()))) for url, sighting in kept]


async def unsuppressed_result(session: AsyncSession, result: JsonValue, *, tenant: str) -> JsonValue:
    """The result of a job without the addresses that are suppressed."""
    if not isinstance(result, list) or not result:
        return result
    asked = {key for one in result for key in _keys(one)}
    found = await suppressions.find_suppressed(session, asked, tenant=tenant)
    return without_documents(result, lambda key: key in found) if found else result


def without_documents(result: JsonValue, is_suppressed: Callable[[SuppressionKey], bool]) -> JsonValue:
    """The documents of addresses that are not suppressed; quotes that give away one that is are blanked."""
    if not isinstance(result, list):
        return result
    gone = [one for one in result if any(map(is_suppressed, _keys(one)))]
    telling = {_local(one) for one in gone}
    return [_without_quotes(one, telling) for one in result if one not in gone]


def _keys(document: JsonValue) -> tuple[SuppressionKey, ...]:
    value = document.get("value") if isinstance(document, dict) else None
    return keys_of("email", value) if isinstance(value, str) else ()


def _local(document: JsonValue) -> str:
    value = document.get("value") if isinstance(document, dict) else ""
    return str(value).rpartition("@")[0].casefold()


def _without_quotes(document: JsonValue, telling: Iterable[str]) -> JsonValue:
    sources = document.get("sources") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(sources, list):
        return document
    return {**document, "sources": [_blanked(source, telling) for source in sources]}


def _blanked(source: JsonValue, telling: Iterable[str]) -> JsonValue:
    if not isinstance(source, Mapping):
        return source
    quote = str(source.get("context", "")).casefold()
    return {**source, "context": ""} if any(part in quote for part in telling) else source


def _telling(sighting: Sighting) -> str:
    value = sighting.value.casefold()
    return value.rpartition("@")[0] or value


def _unquoted(sighting: Sighting, telling: Iterable[str]) -> Sighting:
    quote = sighting.context.casefold()
    return replace(sighting, context="") if any(part in quote for part in telling) else sighting


def _read(value: str, place: int, *, many: bool) -> SuppressionKey:
    try:
        return read_key(value)
    except BadInput as error:
        raise BadInput(f"number {place}: {error.message}" if many else error.message, field=error.field) from None


def _refuse_telling_reason(reason: str, values: Sequence[str], keys: Sequence[SuppressionKey]) -> None:
    """The reason is kept in plain words: it may not say what the digest hides."""
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise BadInput(f"a reason has at most {LONGEST_REASON} printable characters", field="reason")
    said = reason.casefold()
    if any(part and part.casefold() in said for part in (*values, *(key.value for key in keys))):
        raise BadInput("the reason may not hold what is suppressed: it is kept in plain words", field="reason")


def _wanted(keys: Sequence[SuppressionKey]) -> Wanted:
    hosts, domains, others = set[str](), set[str](), set[str]()
    for key in keys:
        match key.kind:
            case SuppressedKind.EMAIL:
                hosts.update(_spellings(key.value.rpartition("@")[2]))
            case SuppressedKind.DOMAIN:
                domains.update(_spellings(key.value))
            case SuppressedKind.PHONE:
                others.add(key.value)
            case SuppressedKind.PROFILE:
                others.update(f"{start}{key.value}{end}" for start in _BEGINNINGS for end in ("", "/"))
    return Wanted(hosts=hosts, whole_domains=domains, others=others)


_BEGINNINGS = ("https://", "http://", "https://www.", "http://www.")


def _spellings(host: str) -> set[str]:
    """The host as DNS has it, and as people write it."""
    spelled = {host, "googlemail.com"} if host == "gmail.com" else {host}
    try:
        return spelled | {idna.decode(host)} if "xn--" in host else spelled
    except (idna.IDNAError, UnicodeError):
        return spelled


def _names_in_results(key: SuppressionKey) -> set[str]:
    match key.kind:
        case SuppressedKind.EMAIL:
            return {f"@{host}" for host in _spellings(key.value.rpartition("@")[2])}
        case SuppressedKind.DOMAIN:
            return {f"{sign}{host}" for host in _spellings(key.value) for sign in "@."}
        case _:
            return set()
