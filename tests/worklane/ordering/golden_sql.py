"""The statements of ordered claims whose text is kept in golden/, one clause a line.

`python -m tests.worklane.ordering.golden_sql` writes them anew; read the difference before you keep it.
"""

from pathlib import Path

from benchmarks.ordering.schema import BATCHES, JOBS, RATES, WORKERS

from tests.worklane.golden_sql import readable
from worklane.postgres.compiled import compiled
from worklane.postgres.ordered_statements import OrderedStatements

GOLDEN = Path(__file__).parent / "golden"


def texts() -> dict[str, str]:
    """Every statement of an ordered lane, by name, readable."""
    made, unrated = OrderedStatements(JOBS, WORKERS, BATCHES, RATES), OrderedStatements(JOBS, WORKERS, BATCHES)
    statements = {
        "tenants": made.tenants(),
        "claim_fair": made.claim_fair(),
        "candidates": made.candidates(),
        "candidates_alone": unrated.candidates(alone=True),
        "candidates_fair": unrated.candidates(fair=True),
        "candidate": unrated.candidate(),
        "take": made.take(),
        "take_without_rates": unrated.take(),
        "purge": made.purge(RATES),
    }
    return {name: readable(compiled(statement).sql) for name, statement in statements.items()}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, text in texts().items():
        (GOLDEN / f"{name}.sql").write_text(text, encoding="utf-8")
