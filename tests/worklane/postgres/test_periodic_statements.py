import pytest

from tests.worklane.golden_periodic import GOLDEN, statements


class TestText:
    @pytest.mark.parametrize("name", sorted(statements()))
    def test_a_statement_reads_as_it_was_reviewed(self, name: str) -> None:
        golden = (GOLDEN / f"{name}.sql").read_text(encoding="utf-8")

        assert statements()[name] == golden

    def test_no_reviewed_text_is_left_over(self) -> None:
        assert {path.stem for path in GOLDEN.glob("*.sql")} == set(statements())
