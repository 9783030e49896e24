"""Small parts of statements: the database's clock, statuses as literals, lists as arrays."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, bindparam, func, literal_column
from sqlalchemy.dialects.postgresql import ARRAY

from worklane.lifecycle import Status

now = func.worklane_now


def word(status: Status) -> ColumnElement[str]:
    """A status as a literal: a parameter would keep the planner from using the partial indexes."""
    return literal(status.value)


def literal(text: str) -> ColumnElement[str]:
    """A text inside a statement that is no parameter."""
    return literal_column("'{}'".format(text.replace("'", "''")), Text)


def number(value: int) -> ColumnElement[int]:
    """A number inside a statement that is no parameter."""
    return literal_column(str(value), Integer)


def one_of(name: str) -> ColumnElement[Any]:
    """`= any(:name)` over an array of texts."""
    return func.any(bindparam(name, type_=ARRAY(Text)))
