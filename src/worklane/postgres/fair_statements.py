"""The rows that a fair claim takes, as a part of a statement.

Each tenant's next row costs `(running + drawn) / weight`, and one more row `1 / weight` more; the cheapest rows win.
`drawn` is a lot, exponential with mean 1, drawn for each tenant in each claim. Without it, claims of one row while
nothing runs would always go to the same tenant; with it they go to each in proportion to its weight, and nothing has
to be remembered between claims. (Lottery scheduling: Waldspurger and Weihl, 1994.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    Select,
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
from worklane.postgres.waiting import Conditions, first, taken, waiting
from worklane.postgres.words import word

LIMIT = bindparam("limit", type_=Integer)


@dataclass(frozen=True, slots=True)
class FairRows:
    """Chooses and locks up to :limit rows: shared among :waiting_tenants, with :tenants and :weights (arrays of equal
    length) and :default_weight. What they leave goes to whoever waits.
    """

    jobs: Table
    batches: Table
    may_run: Conditions

    def chosen(self) -> CTE:
        """The rows, locked: id, type, limit_key.

        Shares are counted first and rows locked after, each tenant's in its order, so that only what is taken is
        locked. A tenant whose counted rows are locked by others meanwhile leaves room, which `filling` gives to
        whoever waits.
        """
        shares = self._shares(self._entrants())
        rows = self._first_rows(shares, "shared").limit(shares.c.share)
        row = rows.with_for_update(skip_locked=True).lateral("row")
        by_share = select(*row.c).select_from(shares.join(row, true())).cte("by_share")
        return union_all(select(*by_share.c), select(*self._filling(by_share).c)).cte("chosen")

    def tenants(self) -> Select[Any]:
        """Each tenant with a waiting row, found by one step through the index, however many rows it has."""
        found = select(self._next_tenant("lowest").label("tenant")).cte("waiting", recursive=True)
        further = self._next_tenant("next", found)
        found = found.union_all(select(further).where(found.c.tenant.is_not(None)))
        return select(found.c.tenant).where(found.c.tenant.is_not(None))

    def _filling(self, by_share: CTE) -> CTE:
        job = self.jobs.alias("other")
        left = LIMIT - select(func.count()).select_from(by_share).scalar_subquery()
        return (
            select(*taken(job))
            .where(*self.may_run(job), job.c.id.not_in(select(by_share.c.id)))
            .order_by(*first(job))
            .limit(left)
            .with_for_update(of=job, skip_locked=True)
            .cte("filling")
        )

    def _shares(self, entrants: CTE) -> CTE:
        """How many rows each tenant gets now."""
        row = self._first_rows(entrants, "counted").limit(LIMIT).lateral("row")
        place = func.row_number().over(partition_by=entrants.c.tenant)
        cost = (entrants.c.standing + place - 1) / entrants.c.weight
        costs = select(entrants.c.tenant, cost.label("cost")).select_from(entrants.join(row, true())).subquery("costs")
        cheapest = select(costs.c.tenant).order_by(costs.c.cost).limit(LIMIT).subquery("cheapest")
        return select(cheapest.c.tenant, func.count().label("share")).group_by(cheapest.c.tenant).cte("shares")

    def _entrants(self) -> CTE:
        """The tenants that may get anything: at most :limit, for each of them gets its first row before a second.

        They are sorted before they are asked for a row, so that no more of them are asked than are needed.
        """
        lots = self._lots()
        standing = (lots.c.running + lots.c.drawn).label("standing")
        cost = (standing / lots.c.weight).label("cost")
        tenant = select(lots.c.tenant, lots.c.weight, standing, cost).order_by(cost).subquery("sorted")
        one = self._first_rows(tenant, "probed").limit(literal_column("1")).lateral("one")
        return (
            select(tenant.c.tenant, tenant.c.weight, tenant.c.standing)
            .select_from(tenant.join(one, true()))
            .order_by(tenant.c.cost)
            .limit(LIMIT)
            .cte("entrants")
        )

    def _first_rows(self, whose: FromClause, name: str) -> Select[Any]:
        """What one tenant may run, in its order.

        A range of one tenant, ordered by the tenant too, where equality would do: so only the index by tenants has
        the right order, and the planner cannot choose to walk the rows of all others in another index instead.
        """
        job = self.jobs.alias(name)
        mine = job.c.tenant.between(whose.c.tenant, whose.c.tenant)
        return select(*taken(job)).where(mine, *self.may_run(job)).order_by(job.c.tenant, *first(job))

    def _lots(self) -> CTE:
        """Each tenant with its weight, the number of its running rows and its lot, drawn once."""
        tenant, running, given = _waiting(), self._running(), _weights()
        weighted = tenant.outerjoin(running, running.c.tenant == tenant.c.tenant).outerjoin(
            given, given.c.tenant == tenant.c.tenant
        )
        return (
            select(
                tenant.c.tenant,
                func.coalesce(given.c.weight, bindparam("default_weight", type_=Float)).label("weight"),
                func.coalesce(running.c.rows, 0).label("running"),
                (-func.ln(1 - func.random(type_=Float))).label("drawn"),
            )
            .select_from(weighted)
            .cte("lots")
        )

    def _running(self) -> Subquery:
        """How many rows of each tenant run: found by their keys in the batches that are open."""
        job, batch = self.jobs.alias("running"), self.batches
        held = (
            select(job.c.tenant)
            .where(job.c.id == func.any(batch.c.row_ids), job.c.worker_id == batch.c.worker_id)
            .where(job.c.status == word(Status.RUNNING))
            .correlate(batch)
            .offset(literal_column("0"))
            .lateral("held")
        )
        counted = select(held.c.tenant, func.count().label("rows")).select_from(batch.join(held, true()))
        return counted.group_by(held.c.tenant).subquery("runs")

    def _next_tenant(self, name: str, after: CTE | None = None) -> ColumnElement[str]:
        job = self.jobs.alias(name)
        beyond: Sequence[ColumnElement[bool]] = () if after is None else (job.c.tenant > after.c.tenant,)
        return select(func.min(job.c.tenant)).where(*waiting(job), *beyond).scalar_subquery()


def _waiting() -> FromClause:
    tenants = func.unnest(bindparam("waiting_tenants", type_=ARRAY(Text)))
    return tenants.table_valued("tenant").render_derived(name="waiting")


def _weights() -> FromClause:
    return (
        func.unnest(bindparam("tenants", type_=ARRAY(Text)), bindparam("weights", type_=ARRAY(Float)))
        .table_valued("tenant", "weight")
        .render_derived(name="given")
    )
