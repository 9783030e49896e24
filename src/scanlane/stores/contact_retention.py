"""Contacts, sightings and answers of the DNS that were kept long enough: all SQL about them, a few rows at a time."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Interval, Select, cast, delete, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.models import Contact, Job, SightingRow
from scanlane.stores.contact_sources import save_sources
from worklane.lifecycle import TERMINAL


async def forget_contacts(session: AsyncSession, *, unseen_for: timedelta, limit: int) -> int:
    """Delete up to so many contacts that no scan has seen for so long; answer how many."""
    due = _unseen(unseen_for).order_by(Contact.last_seen_at).limit(limit).with_for_update(skip_locked=True)
    gone = delete(Contact).where(Contact.id == func.any(func.array(due.scalar_subquery()))).returning(Contact.id)
    return len((await session.scalars(gone)).all())


async def count_contacts(session: AsyncSession, *, unseen_for: timedelta) -> int:
    """How many would go now."""
    return await session.scalar(select(func.count()).select_from(_unseen(unseen_for).subquery())) or 0


async def forget_sightings(session: AsyncSession, *, ended_before: timedelta, jobs: int) -> int:
    """Delete what was seen by up to so many jobs that ended so long ago; answer how many jobs.

    The quotes go; where each contact was found stays, as its sources.
    """
    ended = _seen_long_ago(ended_before).order_by(Job.finished_at).limit(jobs)
    ids: Sequence[UUID] = (await session.scalars(ended.with_for_update(skip_locked=True))).all()
    if ids:
        await save_sources(session, ids)
        await session.execute(delete(SightingRow).where(SightingRow.job_id.in_(ids)))
    return len(ids)


async def count_jobs_with_sightings(session: AsyncSession, *, ended_before: timedelta) -> int:
    """Of how many jobs the sightings would go now."""
    return await session.scalar(select(func.count()).select_from(_seen_long_ago(ended_before).subquery())) or 0


def _unseen(span: timedelta) -> Select[UUID]:
    return select(Contact.id).where(Contact.last_seen_at < _ago(span))


def _seen_long_ago(span: timedelta) -> Select[UUID]:
    has_sightings = exists().where(SightingRow.job_id == Job.id)
    return select(Job.id).where(Job.status.in_(TERMINAL), Job.finished_at < _ago(span), has_sightings)


def _ago(span: timedelta) -> ColumnElement[object]:
    return func.worklane_now() - cast(literal(span), Interval)
