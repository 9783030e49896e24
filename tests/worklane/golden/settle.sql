UPDATE jobs
SET status=$1::VARCHAR,
    run_at=CASE WHEN ($1::VARCHAR = 'pending') THEN worklane_now() + $2::INTERVAL ELSE jobs.run_at END,
    worker_id=NULL, progress=CASE WHEN ($1::VARCHAR = 'complete') THEN $3::FLOAT ELSE jobs.progress END,
    result_data=coalesce($4::JSONB, jobs.result_data), error=$5::VARCHAR,
    finished_at=CASE WHEN ($1::VARCHAR = 'pending') THEN NULL ELSE worklane_now() END
WHERE jobs.id = $6::UUID
AND jobs.claim_token = $7::BIGINT
AND jobs.status = 'running'
