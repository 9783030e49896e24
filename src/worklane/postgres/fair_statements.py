"""The rows that a fair claim takes, as a part of a statement.

Each tenant's next row costs `(running + drawn) / weight`, and one more row `1 / weight` more; the cheapest rows win.
`drawn` is a lot, exponential with mean 1, drawn for each tenant in each claim. Without it, claims of one row while
nothing runs would always go to the same tenant; with it they go to each in proportion to its weight, and nothing has
to be remembered between claims. (Lottery scheduling: Waldspurger and Weihl, 1994.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    Subquery,
    Table,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from worklane.lifecycle import Status
from worklane.postgres.statements import word
from worklane.postgres.waiting import Conditions, first, waiting

LIMIT = bindparam("limit", type_=Integer)


@dataclass(frozen=True, slots=True)
class FairRows:
    """Chooses and locks up to :limit rows: :tenants and :weights (arrays of equal length), :default_weight."""

    jobs: Table
    may_run: Conditions

    def chosen(self) -> CTE:
        """The ids of the rows, locked.

        Shares are counted first and rows locked after, each tenant's in its order, so that only what is taken is
        locked. A tenant whose counted rows are locked by others meanwhile leaves room, which `filling` gives to
        whoever waits.
        """
        shares = self._shares(self._entrants())
        job = self.jobs.alias("shared")
        rows = (
            select(job.c.id)
            .where(*self._mine(job, shares))
            .order_by(*first(job))
            .limit(shares.c.share)
            .with_for_update(of=job, skip_locked=True)
            .lateral("row")
        )
        by_share = select(rows.c.id).select_from(shares.join(rows, true())).cte("by_share")
        return union_all(select(by_share.c.id), select(self._filling(by_share).c.id)).cte("chosen")

    def _filling(self, by_share: CTE) -> CTE:
        job = self.jobs.alias("other")
        left = LIMIT - select(func.count()).select_from(by_share).scalar_subquery()
        return (
            select(job.c.id)
            .where(*self.may_run(job), job.c.id.not_in(select(by_share.c.id)))
            .order_by(*first(job))
            .limit(left)
            .with_for_update(of=job, skip_locked=True)
            .cte("filling")
        )

    def _shares(self, entrants: CTE) -> CTE:
        """How many rows each tenant gets now."""
        place = self._places(entrants)
        cost = (entrants.c.standing + place.c.place - 1) / entrants.c.weight
        cheapest = select(entrants.c.tenant).select_from(entrants.join(place, true())).order_by(cost).limit(LIMIT)
        row = cheapest.subquery("cheapest")
        return select(row.c.tenant, func.count().label("share")).group_by(row.c.tenant).cte("shares")

    def _places(self, entrants: CTE) -> FromClause:
        job = self.jobs.alias("counted")
        rows = select(func.row_number().over().label("place")).where(*self._mine(job, entrants))
        return rows.limit(LIMIT).lateral("place")

    def _entrants(self) -> CTE:
        """The tenants that may get anything: at most :limit, for each of them gets its first row before a second."""
        tenant = self._lots()
        job = self.jobs.alias("probed")
        one = select(job.c.id).where(*self._mine(job, tenant)).order_by(*first(job)).limit(literal_column("1"))
        return (
            select(tenant.c.tenant, tenant.c.weight, (tenant.c.running + tenant.c.drawn).label("standing"))
            .select_from(tenant.join(one.lateral("one"), true()))
            .order_by((tenant.c.running + tenant.c.drawn) / tenant.c.weight)
            .limit(LIMIT)
            .cte("entrants")
        )

    def _mine(self, job: FromClause, whose: CTE) -> list[ColumnElement[bool]]:
        return [job.c.tenant == whose.c.tenant, *self.may_run(job)]

    def _lots(self) -> CTE:
        """Each tenant with its weight, the number of its running rows and its lot, drawn once."""
        tenant, running, given = self._waiting_tenants(), self._running(), _weights()
        drawn = -func.ln(1 - func.random(type_=Float))
        return (
            select(
                tenant.c.tenant,
                func.coalesce(given.c.weight, bindparam("default_weight", type_=Float)).label("weight"),
                func.coalesce(running.c.rows, 0).label("running"),
                drawn.label("drawn"),
            )
            .select_from(
                tenant.outerjoin(running, running.c.tenant == tenant.c.tenant).outerjoin(
                    given, given.c.tenant == tenant.c.tenant
                )
            )
            .where(tenant.c.tenant.is_not(None))
            .cte("lots")
        )

    def _running(self) -> Subquery:
        job = self.jobs.alias("running")
        counted = select(job.c.tenant, func.count().label("rows")).where(job.c.status == word(Status.RUNNING))
        return counted.group_by(job.c.tenant).subquery("runs")

    def _waiting_tenants(self) -> CTE:
        """Each tenant with a waiting row, found by one step through the index, however many rows it has."""
        found = select(self._next_tenant("lowest").label("tenant")).cte("waiting", recursive=True)
        further = self._next_tenant("next", found)
        return found.union_all(select(further).where(found.c.tenant.is_not(None)))

    def _next_tenant(self, name: str, after: CTE | None = None) -> ColumnElement[str]:
        job = self.jobs.alias(name)
        beyond: Sequence[ColumnElement[bool]] = () if after is None else (job.c.tenant > after.c.tenant,)
        return select(func.min(job.c.tenant)).where(*waiting(job), *beyond).scalar_subquery()


def _weights() -> FromClause:
    return (
        func.unnest(bindparam("tenants", type_=ARRAY(Text)), bindparam("weights", type_=ARRAY(Float)))
        .table_valued("tenant", "weight")
        .render_derived(name="given")
    )
