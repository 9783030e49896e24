"""Statements as asyncpg wants them, compiled once."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql.base import Executable


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement as asyncpg wants it: text with $1, $2, ..., the names in that order, and the constants among them."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, object]

    def arguments(self, **values: object) -> list[object]:
        """The values in the statement's order."""
        known = {**self.constants, **values}
        return [known[name] for name in self.names]


def compiled(statement: Executable) -> Compiled:
    """Compile for asyncpg, once, at start."""
    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
    made = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    constants = {name: value for name, value in made.params.items() if value is not None}
    return Compiled(sql=str(made), names=tuple(made.positiontup or ()), constants=constants)
