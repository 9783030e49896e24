UPDATE jobs
SET status='pending', attempt=(jobs.attempt - $1::INTEGER), worker_id=NULL
FROM unnest($2::UUID[], $3::BIGINT[]) AS held(row_id, token)
WHERE jobs.id = held.row_id
AND jobs.claim_token = held.token
AND jobs.status = 'running'
