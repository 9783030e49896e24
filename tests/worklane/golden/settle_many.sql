UPDATE jobs
SET status=given.status,
    run_at=CASE WHEN (given.status = 'pending') THEN worklane_now() + given.run_after ELSE jobs.run_at END,
    worker_id=NULL, progress=CASE WHEN (given.status = 'complete') THEN $1::FLOAT ELSE jobs.progress END,
    result_data=coalesce(given.result, jobs.result_data), error=given.error,
    finished_at=CASE WHEN (given.status = 'pending') THEN NULL ELSE worklane_now() END
FROM unnest($2::UUID[], $3::BIGINT[], $4::TEXT[], $5::JSONB[], $6::TEXT[], $7::INTERVAL[]) AS given(row_id,
    token, status, result, error, run_after)
WHERE jobs.id = given.row_id
AND jobs.claim_token = given.token
AND jobs.status = 'running'
RETURNING jobs.id, jobs.claim_token
