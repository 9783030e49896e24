WITH orphans AS materialized (
  SELECT claim_batches.worker_id AS worker_id, claim_batches.row_ids AS row_ids
  FROM claim_batches
  WHERE NOT (EXISTS (
      SELECT *
      FROM workers
      WHERE workers.id = claim_batches.worker_id)))
UPDATE jobs
SET crashes=(jobs.crashes + $1::SMALLINT),
    status=CASE WHEN (jobs.crashes + $1::SMALLINT >= $2::SMALLINT) THEN 'failed' ELSE 'pending' END,
    worker_id=NULL,
    finished_at=CASE WHEN (jobs.crashes + $1::SMALLINT >= $2::SMALLINT) THEN worklane_now() ELSE NULL END,
    error=CASE WHEN (jobs.crashes + $1::SMALLINT >= $2::SMALLINT) THEN '2 processes died while it ran alone,
    after 2 in which others ran, too' ELSE concat($3::VARCHAR, jobs.crashes + $1::SMALLINT, $4::VARCHAR) END,
    attempt_log=jsonb_path_query_array(coalesce(jobs.attempt_log,
    '[]'::jsonb) || jsonb_build_object('attempt', jobs.attempt, 'ended_at', worklane_now(), 'outcome',
    'crashed', 'error',
    left(CASE WHEN (jobs.crashes + $1::SMALLINT >= $2::SMALLINT) THEN '2 processes died while it ran alone,
    after 2 in which others ran, too' ELSE concat($3::VARCHAR, jobs.crashes + $1::SMALLINT, $4::VARCHAR) END,
    $5::INTEGER), 'worker', jobs.worker_id), CAST('$[last - 19 to last]' AS JSONPATH))
WHERE jobs.id = any(array((
      SELECT held.id
      FROM orphans
      JOIN LATERAL (
        SELECT jobs.id AS id, jobs.claim_token AS claim_token
        FROM jobs
        WHERE jobs.id = any(orphans.row_ids)
        AND jobs.worker_id = orphans.worker_id
        AND jobs.status = 'running'
        FOR UPDATE SKIP LOCKED) AS held ON true
      LIMIT $6::INTEGER)))
RETURNING jobs.id, jobs.status
