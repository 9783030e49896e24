"""The migration that a declared status queue needs: as Alembic operations, or as plain SQL.

    python -m worklane.postgres.status_migration my.module:QUEUE [--sql]

What all queues share (the clock, the tokens, the workers, the claims) is made only where it is missing, and stays.
"""

import argparse
import importlib
import sys
from collections.abc import Iterator, Sequence

from sqlalchemy import Index, MetaData, text
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateIndex, CreateTable, DropIndex

from worklane.errors import WorklaneError
from worklane.lifecycle import Status
from worklane.postgres.columns import CLOCK_DDL, SEQUENCE_DDL, StatusClaimColumns, WorkerColumns
from worklane.postgres.status_column import BadDeclaration, StatusColumn

POSTGRES = dialect()  # type: ignore[no-untyped-call]
CLOCK_IF_MISSING = (
    "do $do$ begin if to_regproc('worklane_now') is null then execute $ddl$" + CLOCK_DDL + "$ddl$; end if; end $do$"
)


class NoSuchDeclaration(WorklaneError):
    """There is no status queue of that name."""


class _Shared(DeclarativeBase):
    """What all status queues of a database share."""


class _Claim(StatusClaimColumns, _Shared):
    __tablename__ = "status_claims"
    __table_args__ = (
        Index("ix_status_claims_worker_id", "worker_id"),
        Index("ix_status_claims_suspects", "queue", postgresql_where=text("worker_id is null and crashes >= 2")),
    )


class _Worker(WorkerColumns, _Shared):
    __tablename__ = "workers"


def status_migration(column: StatusColumn) -> str:
    """The queue's `upgrade` and `downgrade`, to be pasted into an Alembic revision that imports `op`."""
    shared = "".join(f"    op.execute({_literal(statement)})\n" for statement in _shared())
    return (
        f"def upgrade() -> None:\n{shared}"
        f"    with op.get_context().autocommit_block():  # an index is built without locking out writers\n"
        f"        op.execute({_literal(_create_index(column))})\n"
        f"\n\ndef downgrade() -> None:\n"
        f"    # The tables that other queues may use stay.\n"
        f"    with op.get_context().autocommit_block():\n"
        f"        op.execute({_literal(_drop_index(column))})\n"
    )


def status_sql(column: StatusColumn) -> str:
    """The same as plain SQL, upgrade only, to be run outside a transaction."""
    return "".join(f"{statement};\n" for statement in (*_shared(), _create_index(column)))


def found(name: str) -> StatusColumn:
    """The declaration at `my.module:NAME`. Raises NoSuchDeclaration, or BadDeclaration where it is made."""
    module_name, colon, attribute = name.partition(":")
    if not (module_name and colon and attribute):
        raise NoSuchDeclaration(f"{name!r} is not of the form my.module:QUEUE")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise NoSuchDeclaration(f"cannot import {module_name}: {error}") from error
    declared = getattr(module, attribute, None)
    if isinstance(declared, StatusColumn):
        return declared
    known = sorted(one for one, value in vars(module).items() if isinstance(value, StatusColumn))
    raise NoSuchDeclaration(f"{module_name} has no StatusColumn {attribute!r}; it has {', '.join(known) or 'none'}")


def _shared() -> Iterator[str]:
    yield _in_one_line(CLOCK_IF_MISSING)
    yield SEQUENCE_DDL.replace("create sequence", "create sequence if not exists")
    for table in _Shared.metadata.sorted_tables:
        yield _in_one_line(str(CreateTable(table, if_not_exists=True).compile(dialect=POSTGRES)))
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            yield _in_one_line(str(CreateIndex(index, if_not_exists=True).compile(dialect=POSTGRES)))


def _create_index(column: StatusColumn) -> str:
    return _in_one_line(str(CreateIndex(_index(column), if_not_exists=True).compile(dialect=POSTGRES)))


def _drop_index(column: StatusColumn) -> str:
    return _in_one_line(str(DropIndex(_index(column), if_exists=True).compile(dialect=POSTGRES)))


def _index(column: StatusColumn) -> Index:
    # Over a copy: an index that was made for the owner's own table would belong to it from then on.
    table = column.rows.to_metadata(MetaData())
    waiting = table.c[column.status] == column.literal(Status.PENDING)
    keys = [table.c[one.key] for one in column.index_columns]
    return Index(column.index_name, *keys, postgresql_where=waiting, postgresql_concurrently=True)


def _in_one_line(statement: str) -> str:
    return " ".join(statement.split())


def _literal(statement: str) -> str:
    # A colon would begin a parameter for Alembic.
    return repr(statement.replace(":", r"\:"))


def _printed(words: Sequence[str]) -> str:
    parser = argparse.ArgumentParser(prog="python -m worklane.postgres.status_migration", description=__doc__)
    parser.add_argument("declaration", metavar="my.module:QUEUE", help="where the StatusColumn is")
    parser.add_argument("--sql", action="store_true", help="print plain SQL instead of Alembic operations")
    given = parser.parse_args(words)
    declared = found(given.declaration)
    return status_sql(declared) if given.sql else status_migration(declared)


def main() -> int:
    """Print the migration; answer the exit status: 2 for a name or a declaration that is no good."""
    sys.path.insert(0, "")
    try:
        sys.stdout.write(_printed(sys.argv[1:]))
    except (NoSuchDeclaration, BadDeclaration) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
