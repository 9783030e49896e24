UPDATE jobs
SET status='cancelled', worker_id=NULL, finished_at=worklane_now()
WHERE jobs.id = $1::UUID
AND jobs.tenant = $2::VARCHAR
AND jobs.status IN ('pending', 'running')
RETURNING jobs.id
