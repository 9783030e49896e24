"""Conditions that lists share."""

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from worklane.postgres.words import literal

NOT_ASKED = "none"
AT_REST = ("Completed", "Error")

Texts = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def has_status(column: Texts, status: str) -> ColumnElement[bool]:
    """Whether the row has that status; NOT_ASKED: none. A literal, so that partial indexes are seen to fit."""
    return column.is_(None) if status == NOT_ASKED else column == literal(status)


def is_at_rest(column: Texts) -> ColumnElement[bool]:
    """Whether the row neither waits in its queue nor is worked on."""
    return or_(column.is_(None), column.in_(AT_REST))


def holds(text: str, *columns: Texts) -> ColumnElement[bool]:
    """Whether one of the columns has the text in it, whatever its case."""
    return or_(*(column.icontains(text, autoescape=True) for column in columns))
