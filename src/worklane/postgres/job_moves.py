"""What a settlement changes in a job's row, for one row and for many; executes nothing."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Interval,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH

from worklane.lifecycle import Status
from worklane.postgres.words import now, word

# Attempts beyond the last so many are forgotten, and of each error only its beginning is kept.
THE_LAST_ATTEMPTS = "$[last - 19 to last]"
LONGEST_LOGGED_ERROR = 500


def given_settlements() -> CTE:
    """Settlements as rows: arrays of equal length, :row_ids, :tokens, :statuses, :results, :errors, ..."""
    given = (
        func.unnest(
            bindparam("row_ids", type_=ARRAY(Uuid)),
            bindparam("tokens", type_=ARRAY(BigInteger)),
            bindparam("statuses", type_=ARRAY(Text)),
            bindparam("results", type_=ARRAY(JSONB)),
            bindparam("errors", type_=ARRAY(Text)),
            bindparam("run_afters", type_=ARRAY(Interval)),
            bindparam("refunds", type_=ARRAY(Integer)),
        )
        .table_valued("row_id", "token", "status", "result", "error", column("run_after", Interval), "refund")
        .render_derived(name="each")
    )
    return select(given).cte("given")


def given_completions() -> CTE:
    """Claims whose rows are complete, without a result: arrays of equal length, :row_ids and :tokens."""
    given = (
        func.unnest(bindparam("row_ids", type_=ARRAY(Uuid)), bindparam("tokens", type_=ARRAY(BigInteger)))
        .table_valued("row_id", "token")
        .render_derived(name="each")
    )
    return select(given).cte("given")


def completed() -> dict[str, Any]:
    """The new values of a row that is complete; a result that an earlier attempt may have left stays."""
    return {
        "status": word(Status.COMPLETE),
        "error": null(),
        "progress": literal_column("1", Float),
        "finished_at": now(),
        "worker_id": null(),
    }


def moved_on(
    jobs: Table,
    *,
    status: ColumnElement[Any],
    result: ColumnElement[Any],
    error: ColumnElement[Any],
    run_after: ColumnElement[Any],
    refund: ColumnElement[Any],
) -> dict[str, Any]:
    """The new values of a row that leaves `running`."""
    job = jobs.c
    is_complete, waits = status == word(Status.COMPLETE), status == word(Status.PENDING)
    return {
        "status": status,
        "result_data": func.coalesce(result, job.result_data),
        "error": error,
        "progress": case((is_complete, 1.0), else_=job.progress),
        "attempt": job.attempt - refund,
        "run_at": case((waits, now() + run_after), else_=job.run_at),
        "finished_at": case((waits, null()), else_=now()),
        "worker_id": null(),
        "attempt_log": case((is_complete, job.attempt_log), else_=logged(jobs, status, error)),
    }


def logged(jobs: Table, outcome: ColumnElement[Any], error: ColumnElement[Any]) -> ColumnElement[Any]:
    """The row's log with this attempt at its end. One that completes needs no entry: the row itself tells of it."""
    job = jobs.c
    entry = func.jsonb_build_object(
        literal_column("'attempt'"),
        job.attempt,
        literal_column("'ended_at'"),
        now(),
        literal_column("'outcome'"),
        outcome,
        literal_column("'error'"),
        func.left(error, LONGEST_LOGGED_ERROR),
        literal_column("'worker'"),
        job.worker_id,
    )
    whole = func.coalesce(job.attempt_log, literal_column("'[]'::jsonb", JSONB)).op("||")(entry)
    return func.jsonb_path_query_array(whole, cast(literal_column(f"'{THE_LAST_ATTEMPTS}'"), JSONPATH))
