SELECT jobs.id, jobs.claim_token
FROM jobs
WHERE jobs.worker_id = $1::UUID
AND jobs.status = 'running'
