"""Many rows in one statement whose text never changes: an array for each column, taken apart by the server.

A statement with a list of values is a new one for every number of rows: the database plans it, and SQLAlchemy writes
it, each time anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Table, bindparam, func
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine


def given(
    table: Table, columns: Sequence[str], name: str = "given", *, types: Mapping[str, TypeEngine[Any]] | None = None
) -> TableValuedAlias:
    """The rows that a statement is given, as a table of these columns of `table`; bind them with `arrays`.

    `types`: of the columns that are given as something else than they are kept as.
    """
    described = [(types or {}).get(column, table.c[column].type) for column in columns]
    parameters: list[BindParameter[Any]] = [
        bindparam(_parameter(column), type_=ARRAY(kind)) for column, kind in zip(columns, described, strict=True)
    ]
    shape = func.unnest(*parameters).table_valued(*columns)
    for column, kind in zip(columns, described, strict=True):
        shape.c[column].type = kind
    return shape.render_derived(name=name)


def arrays(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """The parameters of a statement over `given` rows of these columns."""
    return {_parameter(column): [row[column] for row in rows] for column in columns}


def _parameter(column: str) -> str:
    return f"all_{column}"
