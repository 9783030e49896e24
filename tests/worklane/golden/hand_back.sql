UPDATE jobs
SET attempt=(jobs.attempt - $1::INTEGER), status='pending', worker_id=NULL
FROM unnest($2::UUID[], $3::BIGINT[]) AS held(row_id, token)
WHERE jobs.id = any($2::UUID[])
AND jobs.id = held.row_id
AND jobs.claim_token = held.token
AND jobs.status = 'running'
