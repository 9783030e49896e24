"""The ledger: what triggers wrote down about each change of the watched tables, and the clock they all read.

The code under test never writes here, so its own counters and answers are no witnesses.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

SET_UP = """
create or replace function worklane_now() returns timestamptz language sql stable parallel safe
return timestamptz '2026-01-01 00:00+00' + current_setting('model.now')::interval;

create table effects (job_id uuid not null, token bigint not null, what text not null);

create table ledger (
    seq bigint generated always as identity primary key,
    at timestamptz not null default worklane_now(),
    acting jsonb not null default current_setting('model.acting')::jsonb,
    what text not null,
    old jsonb,
    new jsonb
);

create function note_change() returns trigger language plpgsql as $$
begin
    if current_setting('model.acting')::jsonb ->> 'role' = 'clear' then
        return null;
    end if;
    insert into ledger (what, old, new) values (tg_table_name, to_jsonb(old), to_jsonb(new));
    return null;
end $$;

create function forbid_change() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only';
end $$;

create trigger appends_only before update or delete on ledger execute function forbid_change();
create trigger noted after insert or update or delete on jobs for each row execute function note_change();
create trigger noted after insert or update or delete on places_staging for each row execute function note_change();
create trigger noted after insert or update or delete on status_claims for each row execute function note_change();
create trigger noted after insert or update or delete on workers for each row execute function note_change();
create trigger noted after insert or update or delete on effects for each row execute function note_change();
"""
SCENE = "select set_config('model.acting', $1, false), set_config('model.now', $2, false)"
READ = "select seq, at, acting::text, what, old::text, new::text from ledger where seq > $1 order by seq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who is about to write, in which role, with which claims in hand."""

    role: str
    worker: UUID | None = None
    claims: frozenset[tuple[UUID, int]] = field(default_factory=frozenset)

    def as_json(self) -> str:
        """As the triggers note it."""
        claims = sorted([str(row_id), token] for row_id, token in self.claims)
        return json.dumps({"role": self.role, "worker": self.worker and str(self.worker), "claims": claims})

    @classmethod
    def from_json(cls, text: str) -> "Acting":
        """As it was noted."""
        noted = json.loads(text)
        claims = frozenset((UUID(row_id), token) for row_id, token in noted["claims"])
        return cls(role=noted["role"], worker=noted["worker"] and UUID(noted["worker"]), claims=claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change of one row: before and after, when, and who was acting."""

    seq: int
    at: datetime
    acting: Acting
    what: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None

    def __str__(self) -> str:
        return f"{self.what} by {self.acting}: {self.old} -> {self.new}"


def entry(row: asyncpg.Record) -> Entry:
    """A line of the ledger as a value."""
    return Entry(
        seq=row["seq"],
        at=row["at"],
        acting=Acting.from_json(row["acting"]),
        what=row["what"],
        old=row["old"] and json.loads(row["old"]),
        new=row["new"] and json.loads(row["new"]),
    )
