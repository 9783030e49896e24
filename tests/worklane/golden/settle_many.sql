WITH given AS (
  SELECT each.row_id AS row_id, each.token AS token, each.status AS status, each.result AS result,
      each.error AS error, each.run_after AS run_after, each.refund AS refund
  FROM unnest($3::UUID[], $4::BIGINT[], $5::TEXT[], $6::JSONB[], $7::TEXT[], $8::INTERVAL[],
      $9::INTEGER[]) AS each(row_id, token, status, result, error, run_after, refund))
UPDATE jobs
SET run_at=CASE WHEN (given.status = 'pending') THEN worklane_now() + given.run_after ELSE jobs.run_at END,
    progress=CASE WHEN (given.status = 'complete') THEN $1::FLOAT ELSE jobs.progress END,
    attempt=(jobs.attempt - given.refund), status=given.status, worker_id=NULL,
    finished_at=CASE WHEN (given.status = 'pending') THEN NULL ELSE worklane_now() END, error=given.error,
    attempt_log=CASE WHEN (given.status = 'complete') THEN jobs.attempt_log ELSE jsonb_path_query_array(coalesce(jobs.attempt_log, '[]'::jsonb) || jsonb_build_object('attempt', jobs.attempt, 'ended_at', worklane_now(), 'outcome', given.status, 'error', left(given.error, $2::INTEGER), 'worker', jobs.worker_id), CAST('$[last - 19 to last]' AS JSONPATH)) END, result_data=coalesce(given.result, jobs.result_data)
FROM given
WHERE jobs.id = any($3::UUID[])
AND jobs.id = given.row_id
AND jobs.claim_token = given.token
AND jobs.status = 'running'
RETURNING jobs.id, jobs.claim_token
