"""The statements whose text is kept in golden/, one clause a line.

`python -m tests.worklane.golden_sql` writes them anew; read the difference before you keep it.
"""

import re
from pathlib import Path

from scanlane.models import Base
from tests.worklane.benches import BATCHES, JOBS, WORKERS
from worklane.postgres.compiled import compiled
from worklane.postgres.enqueue_statements import EnqueueStatements
from worklane.postgres.statements import JobStatements
from worklane.postgres.status_column import StatusColumn
from worklane.postgres.status_statements import StatusStatements
from worklane.postgres.worker_statements import WorkerStatements

GOLDEN = Path(__file__).parent / "golden"
CLAUSES = (
    "WITH|SELECT|FROM|JOIN|WHERE|AND|ORDER BY|LIMIT|FOR UPDATE|FOR NO KEY UPDATE|RETURNING|SET|UPDATE|DELETE FROM"
    "|INSERT INTO|VALUES|ON CONFLICT|DO UPDATE"
)
LINE_WIDTH = 110


def statements() -> dict[str, str]:
    """Every statement whose text matters for concurrency, by name, readable."""
    job = JobStatements(JOBS, WORKERS, BATCHES)
    worker, adding = WorkerStatements(WORKERS), EnqueueStatements(JOBS, "worklane")
    status = StatusStatements(places(), Base.metadata.tables["status_claims"], WORKERS)
    made = {
        "claim": job.claim(),
        "claim_one": job.claim_one(),
        "claim_alone": job.claim_alone(),
        "exchange": job.exchange(),
        "complete_and_claim": job.complete_and_claim(),
        "waiting_suspects": job.waiting_suspects(),
        "keep": job.keep(),
        "settle": job.settle(),
        "settle_many": job.settle_many(),
        "hand_back": job.hand_back(),
        "bury": worker.bury(),
        "free": job.free(),
        "forget": job.forget(),
        "cancel": job.cancel(),
        "enqueue": adding.enqueue({"type": "email_scan", "tenant": "t", "subject": "s"}),
        "enqueue_many": adding.enqueue_many(["id", "tenant", "type", "subject"]),
        "add_many": adding.add_many(["id", "type", "payload"]),
        "beat": worker.beat(),
        "held_by": job.held_by(),
        "status_claim": status.claim(),
        "status_hold": status.hold(),
        "status_finish": status.finish(),
        "status_put_back": status.put_back(),
        "status_hand_back": status.hand_back(),
        "status_free": status.free(),
    }
    return {name: readable(compiled(statement).sql) for name, statement in made.items()}


def places() -> StatusColumn:
    """A status column as an owner would declare it."""
    return StatusColumn(
        queue="deep_scan",
        table=Base.metadata.tables["places_staging"],
        status="deep_scan_status",
        error="deep_scan_error",
        order_by=("created_at", "id"),
    )


def readable(sql: str) -> str:
    """One clause a line, indented by its parentheses, long lists wrapped at commas."""
    flat = re.sub(r"\s+", " ", sql).strip()
    flat = re.sub(rf" ?\b({CLAUSES})\b(?! UPDATE SKIP)", r"\n\1", flat)
    flat = (
        flat.replace("FOR\nUPDATE", "FOR UPDATE")
        .replace("DO\nUPDATE", "DO UPDATE")
        .replace("KEY\nUPDATE", "KEY UPDATE")
    )
    lines, depth = [], 0
    for clause in flat.strip().split("\n"):
        lines += _wrapped("  " * depth + clause.strip())
        depth += clause.count("(") - clause.count(")")
    return "\n".join(lines) + "\n"


def _wrapped(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    lines = [line]
    while len(lines[-1]) > LINE_WIDTH:
        head, comma, tail = lines[-1][:LINE_WIDTH].rpartition(", ")
        if not comma:
            break
        lines[-1:] = [head + ",", indent + tail + lines[-1][LINE_WIDTH:]]
    return lines


if __name__ == "__main__":
    for name, text in statements().items():
        (GOLDEN / f"{name}.sql").write_text(text, encoding="utf-8")
