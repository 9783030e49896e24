SELECT held.id, held.claim_token
FROM claim_batches
JOIN LATERAL (
  SELECT jobs.id AS id, jobs.claim_token AS claim_token
  FROM jobs
  WHERE jobs.id = any(claim_batches.row_ids)
  AND jobs.worker_id = claim_batches.worker_id
  AND jobs.status = 'running'
  LIMIT ALL OFFSET 0) AS held ON true
WHERE claim_batches.worker_id = $1::UUID
