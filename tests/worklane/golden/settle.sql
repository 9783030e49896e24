UPDATE jobs
SET run_at=CASE WHEN ($1::VARCHAR = 'pending') THEN worklane_now() + $2::INTERVAL ELSE jobs.run_at END,
    progress=CASE WHEN ($1::VARCHAR = 'complete') THEN $3::FLOAT ELSE jobs.progress END,
    attempt=(jobs.attempt - $4::INTEGER), status=$1::VARCHAR, worker_id=NULL,
    finished_at=CASE WHEN ($1::VARCHAR = 'pending') THEN NULL ELSE worklane_now() END, error=$5::VARCHAR,
    attempt_log=CASE WHEN ($1::VARCHAR = 'complete') THEN jobs.attempt_log ELSE jsonb_path_query_array(coalesce(jobs.attempt_log, '[]'::jsonb) || jsonb_build_object('attempt', jobs.attempt, 'ended_at', worklane_now(), 'outcome', $1::VARCHAR, 'error', left($5::VARCHAR, $6::INTEGER), 'worker', jobs.worker_id), CAST('$[last - 19 to last]' AS JSONPATH)) END, result_data=coalesce($7::JSONB, jobs.result_data)
WHERE jobs.id = $8::UUID
AND jobs.claim_token = $9::BIGINT
AND jobs.status = 'running'
