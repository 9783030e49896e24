UPDATE jobs
SET progress=greatest(jobs.progress, CAST($1::FLOAT AS FLOAT))
WHERE jobs.id = $2::UUID
AND jobs.claim_token = $3::BIGINT
AND jobs.status = 'running'
