"""The declaration of a status queue: which column of which table says what waits, in which words, in which order."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NoReturn, cast

from sqlalchemy import Column, ColumnElement, Enum, FromClause, String, Table, Text, Uuid, literal_column
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import DeclarativeBase

from worklane.backoff import Backoff
from worklane.errors import WorklaneError
from worklane.lifecycle import Status

LONGEST_NAME = 63


class BadDeclaration(WorklaneError):
    """This table cannot be a queue as it was declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusColumn:
    """Which column of which table is a queue, and the words it uses. Raises BadDeclaration, naming what is wrong.

    table: a mapped class or a Table, with one UUID column as its primary key.
    order_by: names of columns, ascending; the primary key comes last by itself.
    batch: how many rows a scheduled poll takes at once.
    lease: how long one attempt may take, even if its worker lives; None: as long as its worker lives.
    group: a column whose values take turns (tenants, for one), so that many rows of one keep nobody else waiting.
    """

    queue: str
    table: FromClause | type[DeclarativeBase]
    status: str
    error: str
    waiting: str = "Queued"
    working: str = "Processing"
    done: str = "Completed"
    failed: str = "Error"
    order_by: Sequence[str] = ()
    batch: int = 10
    lease: timedelta | None = None
    attempts: int = 3
    backoff: Backoff = field(default_factory=Backoff)
    group: str | None = None

    def __post_init__(self) -> None:
        for complaint in _complaints(self):
            _refuse(self, complaint)

    @property
    def rows(self) -> Table:
        """The owner's table."""
        return cast(Table, getattr(self.table, "__table__", self.table))

    @property
    def key(self) -> Column[Any]:
        """Its primary key."""
        [key] = self.rows.primary_key.columns
        return key

    @property
    def order(self) -> tuple[Column[Any], ...]:
        """The columns that say which row comes first; no two rows are equal in all of them."""
        named = tuple(self.rows.c[name] for name in self.order_by)
        return named if self.key in named else (*named, self.key)

    @property
    def index_columns(self) -> tuple[Column[Any], ...]:
        """What the partial index on the waiting rows must have, in this order."""
        return self.order if self.group is None else (self.rows.c[self.group], *self.order)

    @property
    def index_name(self) -> str:
        """What that index is called."""
        return f"ix_{self.rows.name}_{self.status}_waiting"[:LONGEST_NAME]

    def word(self, status: Status) -> str:
        """The table's own word for a status."""
        words = {Status.PENDING: self.waiting, Status.RUNNING: self.working, Status.COMPLETE: self.done}
        return words.get(status, self.failed)

    def literal(self, status: Status) -> ColumnElement[str]:
        """The same inside a statement. A parameter would keep the planner from using the partial index."""
        return self.as_status(quoted(self.word(status)))

    def as_status(self, word: ColumnElement[str]) -> ColumnElement[str]:
        """A word as a value of the status column: where that is an enumeration, text does not become one by itself."""
        kind = self.rows.c[self.status].type
        return sql_cast(word, kind) if isinstance(kind, Enum) and kind.native_enum else word


def quoted(word: str) -> ColumnElement[str]:
    """A text inside a statement."""
    return literal_column("'{}'".format(word.replace("'", "''")), Text)


def _refuse(declared: StatusColumn, complaint: str) -> NoReturn:
    raise BadDeclaration(f"queue {declared.queue!r}: {complaint}")


def _type_of(column: Column[Any]) -> str:
    return column.type.compile(dialect=dialect())  # type: ignore[no-untyped-call]


def _complaints(declared: StatusColumn) -> Iterator[str]:
    # Each may take for granted what those before it have found in order: the first one ends it.
    yield from _about_the_table(declared)
    yield from _about_names(declared)
    yield from _about_types(declared)
    yield from _about_words(declared)
    yield from _about_numbers(declared)


def _about_the_table(declared: StatusColumn) -> Iterator[str]:
    if not declared.queue.strip():
        yield "a queue has a name"
    if not isinstance(declared.rows, Table):
        yield f"table is a mapped class or a Table, not {declared.table!r}"
    key = list(declared.rows.primary_key.columns)
    if len(key) != 1 or not isinstance(key[0].type, Uuid):
        found = ", ".join(f"{column.name} {_type_of(column)}" for column in key) or "none"
        yield f"{declared.rows.name} must have one UUID column as its primary key, it has: {found}"


def _about_names(declared: StatusColumn) -> Iterator[str]:
    if isinstance(declared.order_by, str):
        yield f"order_by is a sequence of names: ({declared.order_by!r},)"
    named = [("status", declared.status), ("error", declared.error)]
    named += [("order_by", name) for name in declared.order_by]
    named += [("group", declared.group)] if declared.group is not None else []
    for role, name in named:
        if name not in declared.rows.c:
            near = difflib.get_close_matches(name, declared.rows.c.keys(), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield f"{declared.rows.name} has no column {name!r} ({role}){hint}"
    used = [name for _, name in named]
    if len(set(used)) < len(used):
        yield f"each column has one role, these are named twice: {sorted({n for n in used if used.count(n) > 1})}"


def _about_types(declared: StatusColumn) -> Iterator[str]:
    columns = declared.rows.c
    for name in (declared.status, declared.error):
        if not isinstance(columns[name].type, String):
            yield f"{declared.rows.name}.{name} must be text or an enumeration, not {_type_of(columns[name])}"
    if not columns[declared.error].nullable:
        yield f"{declared.rows.name}.{declared.error} must allow null: a row that is worked on has no error"
    if declared.group is None:
        return
    for column in declared.index_columns:
        if column.nullable:
            yield f"{declared.rows.name}.{column.name} may be null: groups take turns over columns that never are"


def _about_words(declared: StatusColumn) -> Iterator[str]:
    words = (declared.waiting, declared.working, declared.done, declared.failed)
    if len(set(words)) < len(words):
        yield f"the words for waiting, working, done and failed must differ: {', '.join(map(repr, words))}"
    kind = declared.rows.c[declared.status].type
    unknown = [word for word in words if isinstance(kind, Enum) and word not in kind.enums]
    if isinstance(kind, Enum) and unknown:
        known = ", ".join(map(repr, kind.enums))
        yield f"{declared.rows.name}.{declared.status} does not know the word {unknown[0]!r}; it knows {known}"


def _about_numbers(declared: StatusColumn) -> Iterator[str]:
    if declared.batch < 1:
        yield f"batch is at least 1, not {declared.batch}"
    if declared.attempts < 1:
        yield f"attempts is at least 1, not {declared.attempts}"
    if declared.lease is not None and declared.lease <= timedelta(0):
        yield f"lease is more than nothing, or None; not {declared.lease}"
