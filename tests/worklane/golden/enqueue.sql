INSERT INTO jobs (type, tenant, subject)
VALUES ($1::VARCHAR, $2::VARCHAR, $3::VARCHAR)
ON CONFLICT (tenant, type, subject)
WHERE status IN ('pending', 'running')
AND subject IS NOT NULL
DO UPDATE
SET subject = excluded.subject
RETURNING jobs.id, jobs.status, (xmax = 0) AS is_new
