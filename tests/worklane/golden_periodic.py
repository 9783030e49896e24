"""The statements of periodic tasks and of retention whose text is kept in golden/periodic/, one clause a line.

`python -m tests.worklane.golden_periodic` writes them anew; read the difference before you keep it.
"""

from tests.worklane.golden_sql import GOLDEN as FOLDER
from tests.worklane.golden_sql import readable
from tests.worklane.periodic_bench import JOBS, SLOTS
from worklane.lifecycle import Status
from worklane.postgres.periodic_statements import PeriodicStatements
from worklane.postgres.retention import prune
from worklane.postgres.statements import compiled

GOLDEN = FOLDER / "periodic"


def statements() -> dict[str, str]:
    """Every statement whose text matters for concurrency, by name, readable."""
    slot = PeriodicStatements(SLOTS)
    made = {
        "newest": slot.newest(),
        "alone": slot.alone(),
        "take": slot.take(),
        "give": slot.give(),
        "prune_slots": slot.prune(),
        "prune_complete": prune(JOBS, Status.COMPLETE),
    }
    return {name: readable(compiled(statement).sql) for name, statement in made.items()}


if __name__ == "__main__":
    for name, text in statements().items():
        (GOLDEN / f"{name}.sql").write_text(text, encoding="utf-8")
