"""Suppressions: all SQL about them. Only digests are kept; the pepper of the digests never leaves the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    LargeBinary,
    ScalarSelect,
    Text,
    bindparam,
    column,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.domain.suppression_keys import SuppressionKey
from scanlane.models import EVERY_TENANT, InstallationSecret, Suppression
from scanlane.stores.keyset import Listed, list_rows
from scanlane.stores.texts import is_storable

SECRET = "suppressions"  # noqa: S105 - its name
WRITERS_LOCK = 7_262_656


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionView:
    """A suppression as it is listed. `digest` in hexadecimal; `everywhere`: it binds every tenant."""

    id: UUID
    kind: str
    digest: str
    everywhere: bool
    reason: str
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, row: Suppression) -> "SuppressionView":
        """The row, as it may be shown."""
        return cls(
            id=row.id,
            kind=row.kind,
            digest=row.digest.hex(),
            everywhere=row.tenant == EVERY_TENANT,
            reason=row.reason,
            created_by=row.created_by,
            created_at=row.created_at,
        )


async def begin_writing(session: AsyncSession) -> None:
    """Call it before looking at suppressions and opt-outs in a transaction that stores contacts.

    Until the transaction ends, nobody can add a suppression; whoever adds one waits for all that have begun. Hence no
    contact is stored by somebody who looked a moment too early. A statement of its own: what is looked at must be what
    is there once the lock is held.
    """
    await session.execute(select(func.pg_advisory_xact_lock_shared(literal(WRITERS_LOCK, BigInteger))))


async def stop_writers(session: AsyncSession) -> None:
    """Wait for every transaction that stores contacts, and let none begin before this one has ended."""
    await session.execute(select(func.pg_advisory_xact_lock(literal(WRITERS_LOCK, BigInteger))))


async def find_suppressed(
    session: AsyncSession, keys: Collection[SuppressionKey], *, tenant: str
) -> frozenset[SuppressionKey]:
    """Those of the keys that this tenant, or the operator for all, has suppressed."""
    # What PostgreSQL cannot hold was never suppressed.
    asked = [key for key in keys if is_storable(key.value)]
    if not asked:
        return frozenset()
    listed = func.unnest(bindparam("given_keys", list(map(str, asked)), type_=ARRAY(Text)))
    each = listed.table_valued(column("key", Text), with_ordinality="place").render_derived(name="asked")
    found = select(each.c.place.cast(Integer)).join(Suppression, Suppression.digest == _digest(each.c.key))
    rows = await session.scalars(found.where(Suppression.tenant.in_([tenant, EVERY_TENANT])))
    return frozenset(asked[place - 1] for place in rows)


async def add_suppressions(
    session: AsyncSession, keys: Sequence[SuppressionKey], *, tenant: str, reason: str, created_by: str
) -> int:
    """Suppress these keys; answer how many were not suppressed before."""
    distinct = list(dict.fromkeys(keys))
    listed = func.unnest(
        bindparam("given_kinds", [one.kind.value for one in distinct], type_=ARRAY(Text)),
        bindparam("given_keys", list(map(str, distinct)), type_=ARRAY(Text)),
    )
    each = listed.table_valued(column("kind", Text), column("key", Text)).render_derived(name="given")
    rows = select(literal(tenant), each.c.kind, _digest(each.c.key), literal(reason), literal(created_by))
    names = ["tenant", "kind", "digest", "reason", "created_by"]
    adding = insert(Suppression).from_select(names, rows).on_conflict_do_nothing()
    return len((await session.scalars(adding.returning(Suppression.id))).all())


async def delete_suppressions(session: AsyncSession, keys: Sequence[SuppressionKey], *, tenant: str) -> int:
    """Lift this tenant's suppressions of these keys; answer how many there were."""
    given = bindparam("given_keys", list(map(str, keys)), type_=ARRAY(Text))
    each = func.unnest(given).table_valued(column("key", Text)).render_derived(name="given")
    digests = select(_digest(each.c.key))
    gone = delete(Suppression).where(Suppression.tenant == tenant, Suppression.digest.in_(digests))
    return len((await session.scalars(gone.returning(Suppression.id))).all())


async def delete_suppression(session: AsyncSession, id: UUID, *, tenants: Collection[str]) -> bool:
    """Lift one suppression of these tenants; answer whether it was there."""
    gone = delete(Suppression).where(Suppression.id == id, Suppression.tenant.in_(tenants))
    return (await session.scalars(gone.returning(Suppression.id))).first() is not None


async def list_suppressions(
    session: AsyncSession, *, tenant: str, limit: int, cursor: str | None = None
) -> Listed[SuppressionView]:
    """A page of what binds this tenant, newest first. Raises BadInput for a cursor that is none."""
    query = select(Suppression).where(Suppression.tenant.in_([tenant, EVERY_TENANT]))
    found = await list_rows(session, query, at=Suppression.created_at, id=Suppression.id, limit=limit, cursor=cursor)
    return Listed([SuppressionView.of(row) for row in found.items], found.next_cursor)


def _digest(key: ColumnElement[str]) -> ColumnElement[bytes]:
    """SHA-256 over the pepper and the key: the same on every machine that uses this database, and nowhere else."""
    peppered = _pepper().op("||", return_type=LargeBinary())(func.convert_to(key, "UTF8"))
    return func.sha256(peppered, type_=LargeBinary())


def _pepper() -> ScalarSelect[bytes]:
    return select(InstallationSecret.value).where(InstallationSecret.name == SECRET).scalar_subquery()
