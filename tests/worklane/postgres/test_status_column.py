"""A declaration that is no good says what is wrong with it, at once and in one sentence."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, Uuid

from scanlane.models import Place
from tests.worklane.benches import PLACES
from tests.worklane.postgres.pictures import PICTURES, Picture
from worklane.lifecycle import Status
from worklane.postgres.status_column import BadDeclaration, StatusColumn

GOOD: dict[str, Any] = {"queue": "scan", "table": PLACES, "status": "deep_scan_status", "error": "deep_scan_error"}


def owners_table(*columns: Column[Any]) -> Table:
    """A table with these columns, a status and an error."""
    return Table("things", MetaData(), *columns, Column("status", Text), Column("error", Text))


NUMBERED = owners_table(Column("id", BigInteger, primary_key=True))
KEYLESS = owners_table(Column("id", Uuid))
DOUBLE = owners_table(Column("id", Uuid, primary_key=True), Column("part", Integer, primary_key=True))
STRICT = Table(
    "things",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("status", Integer),
    Column("state", Text),
    Column("error", Text, nullable=False),
    Column("problem", Text),
    Column("owner", Text),
)


class TestBadDeclarations:
    @pytest.mark.parametrize(
        ("wrong", "complaint"),
        [
            ({"queue": " "}, "a queue has a name"),
            ({"table": "places"}, "table is a mapped class or a Table, not 'places'"),
            (
                {"table": NUMBERED, "status": "status", "error": "error"},
                "one UUID column as its primary key, it has: id",
            ),
            ({"table": KEYLESS, "status": "status", "error": "error"}, "primary key, it has: none"),
            ({"table": DOUBLE, "status": "status", "error": "error"}, "primary key, it has: id UUID, part INTEGER"),
            ({"status": "deep_scan_state"}, "'deep_scan_state' (status); did you mean 'deep_scan_status'?"),
            ({"error": "zzz"}, "places_staging has no column 'zzz' (error)"),
            ({"order_by": ["created"]}, "has no column 'created' (order_by); did you mean 'created_at'?"),
            ({"order_by": "created_at"}, "order_by is a sequence of names: ('created_at',)"),
            (
                {"order_by": ["deep_scan_status"]},
                "each column has one role, these are named twice: ['deep_scan_status']",
            ),
            ({"group": "tenants"}, "has no column 'tenants' (group); did you mean 'tenant'?"),
            ({"done": "Queued"}, "must differ: 'Queued', 'Processing', 'Queued', 'Error'"),
            ({"table": STRICT, "status": "status", "error": "problem"}, "things.status must be text"),
            ({"table": STRICT, "status": "state", "error": "error"}, "things.error must allow null"),
            ({"table": STRICT, "status": "state", "error": "problem", "group": "owner"}, "things.owner may be null"),
            (
                {"table": Picture, "status": "state", "error": "trouble"},
                "does not know the word 'Queued'; it knows 'new'",
            ),
            ({"batch": 0}, "batch is at least 1, not 0"),
            ({"attempts": 0}, "attempts is at least 1, not 0"),
            ({"lease": timedelta(0)}, "lease is more than nothing, or None"),
        ],
    )
    def test_the_complaint_names_what_is_wrong(self, wrong: dict[str, Any], complaint: str) -> None:
        with pytest.raises(BadDeclaration) as raised:
            StatusColumn(**GOOD | wrong)

        assert complaint in str(raised.value)
        assert "\n" not in str(raised.value)
        assert str(raised.value).startswith("queue '")


class TestGoodDeclarations:
    def test_a_mapped_class_is_as_good_as_its_table(self) -> None:
        declared = [StatusColumn(**GOOD | {"table": table}) for table in (Place, PLACES)]

        assert [one.rows for one in declared] == [PLACES, PLACES]

    @pytest.mark.parametrize(
        ("order_by", "order"),
        [((), ["id"]), (("created_at",), ["created_at", "id"]), (("id",), ["id"]), (("name", "id"), ["name", "id"])],
    )
    def test_the_order_ends_with_the_key(self, order_by: tuple[str, ...], order: list[str]) -> None:
        declared = StatusColumn(**GOOD, order_by=order_by)

        assert [column.name for column in declared.order] == order

    def test_the_index_begins_with_the_group(self) -> None:
        declared = StatusColumn(**GOOD, order_by=("created_at",), group="tenant")

        assert [column.name for column in declared.index_columns] == ["tenant", "created_at", "id"]

    def test_the_words_are_the_tables_own(self) -> None:
        words = [PICTURES.word(status) for status in (Status.PENDING, Status.RUNNING, Status.COMPLETE, Status.FAILED)]

        assert words == ["new", "busy", "it's fine: 100%", "bad"]
